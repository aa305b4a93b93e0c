import { and, desc, eq, lt } from "drizzle-orm";
import { configurations } from "#db/schema/services.ts";
import { compareConfigurations } from "#server/domain/configuration.ts";
import type { ConfigurationHistory } from "#server/domain/configuration-views.ts";
import type { Context } from "#server/kernel/context.ts";
import { toVersion } from "./read-configuration.ts";

/** Versions, newest first, each with what it changed in the one before; `before` is the last version of the page before. */
export async function listConfigurations(
  ctx: Context,
  input: { serviceEnvironmentId: number; before?: number | undefined; limit: number },
): Promise<ConfigurationHistory> {
  // One more than is shown: to compare the last one with, and to know whether there is another page.
  const rows = await ctx.db
    .select()
    .from(configurations)
    .where(
      and(
        eq(configurations.serviceEnvironmentId, input.serviceEnvironmentId),
        input.before === undefined ? undefined : lt(configurations.version, input.before),
      ),
    )
    .orderBy(desc(configurations.version))
    .limit(input.limit + 1);
  const items = rows.slice(0, input.limit).map((row, index) => ({
    ...toVersion(row),
    differences: compareConfigurations(rows[index + 1] ?? null, row),
  }));
  return { items, nextBefore: rows.length > input.limit ? (items.at(-1)?.version ?? null) : null };
}
