import { and, eq, not, sql } from "drizzle-orm";
import { pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { holdsRevokedSecret } from "#server/kernel/holds-revoked-secret.ts";

/**
 * Keeps a pool that still stands ready with the release and its configuration from ending; false where it does not (any
 * more), or where a secret that it was started with is revoked.
 */
export async function takeWarmPool(
  ctx: Context,
  input: {
    serviceEnvironmentId: number;
    pool: PoolColor;
    releaseId: number;
    configurationId: number | null;
    deploymentId: number;
  },
): Promise<boolean> {
  const rows = await ctx.db
    .update(pools)
    .set({ deploymentId: input.deploymentId, warmUntil: null })
    .where(
      and(
        eq(pools.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(pools.color, input.pool),
        eq(pools.status, "ready"),
        eq(pools.releaseId, input.releaseId),
        not(holdsRevokedSecret),
        sql`${pools.configurationId} is not distinct from ${input.configurationId}::bigint`,
      ),
    )
    .returning({ color: pools.color });
  return rows.length > 0;
}
