import { asc, eq, getTableColumns } from "drizzle-orm";
import { secrets } from "#db/schema/services.ts";
import type { SecretView } from "#server/domain/configuration-views.ts";
import type { Context } from "#server/kernel/context.ts";
import { viewOf } from "./secret.ts";

/** Every value that was ever set in a service environment, without it, in the order in which they were set. */
export async function listSecrets(
  ctx: Context,
  { serviceEnvironmentId }: { serviceEnvironmentId: number },
): Promise<SecretView[]> {
  const { sealedValue: _, ...told } = getTableColumns(secrets);
  const rows = await ctx.db
    .select(told)
    .from(secrets)
    .where(eq(secrets.serviceEnvironmentId, serviceEnvironmentId))
    .orderBy(asc(secrets.id));
  return rows.map(viewOf);
}
