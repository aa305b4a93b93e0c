import { and, desc, eq } from "drizzle-orm";
import { configurations } from "#db/schema/services.ts";
import type { ConfigurationVersion } from "#server/domain/configuration-views.ts";
import type { Context } from "#server/kernel/context.ts";

/** The newest version of a service environment, or the one of this id; null where there is none. */
export async function readConfiguration(
  ctx: Context,
  input: { serviceEnvironmentId: number; id?: number | null },
): Promise<ConfigurationVersion | null> {
  if (input.id === null) return null;
  const [row] = await ctx.db
    .select()
    .from(configurations)
    .where(
      and(
        eq(configurations.serviceEnvironmentId, input.serviceEnvironmentId),
        input.id === undefined ? undefined : eq(configurations.id, input.id),
      ),
    )
    .orderBy(desc(configurations.version))
    .limit(1);
  return row === undefined ? null : toVersion(row);
}

export function toVersion(row: typeof configurations.$inferSelect): ConfigurationVersion {
  const { id, version, instances, variables, secrets, madeByName, madeAt } = row;
  return { id, version, instances, variables, secrets, madeByName, madeAt: madeAt.toISOString() };
}
