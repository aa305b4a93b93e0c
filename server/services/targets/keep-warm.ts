import { and, eq, ne, sql } from "drizzle-orm";
import { pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { emptied } from "./end-pool.ts";

/**
 * The pools' side of a switch, in the transaction that moves the pointer: the pool that goes live is not ended by any
 * warm time, the others stand warm for so long, those of bad releases while they drain. What has no instances is not kept. ConflictError where the pool is not that deployment's.
 */
export async function keepWarm(
  tx: Context,
  input: {
    serviceEnvironmentId: number;
    livePool: PoolColor;
    deploymentId: number;
    drainMs: number;
    warmMs: number;
  },
): Promise<void> {
  const ofTheSame = eq(pools.serviceEnvironmentId, input.serviceEnvironmentId);
  const live = await tx.db
    .update(pools)
    .set({ warmUntil: null })
    .where(
      and(
        ofTheSame,
        eq(pools.color, input.livePool),
        eq(pools.status, "ready"),
        eq(pools.deploymentId, input.deploymentId),
      ),
    )
    .returning({ color: pools.color });
  if (live.length === 0) throw new ConflictError(`The ${input.livePool} pool is not ready for traffic.`);
  await tx.db
    .update(pools)
    .set(emptied)
    .where(and(ofTheSame, ne(pools.color, input.livePool), ne(pools.target, "process")));
  await tx.db
    .update(pools)
    .set({
      warmUntil: sql`clock_timestamp() + interval '1 millisecond' * (${input.drainMs} + case
        when exists (select 1 from releases where releases.id = ${pools.releaseId} and releases.bad_since is not null)
        then 0 else ${input.warmMs} end)`,
    })
    .where(and(ofTheSame, ne(pools.color, input.livePool), eq(pools.status, "ready")));
}
