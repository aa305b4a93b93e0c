import { and, eq, inArray, isNotNull, lt, notExists, sql } from "drizzle-orm";
import { pointers, pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { isNotNeeded } from "./is-not-needed.ts";
import { markEnding } from "./mark-ending.ts";

interface PoolKey {
  serviceEnvironmentId: number;
  pool: PoolColor;
}

/**
 * Ends the instances of a pool that takes no traffic; the workers do it, and it is over when the pool is `empty`.
 * `when` narrows it: only while the pool is still that deployment's, or only once its warm time is over.
 * ConflictError where it does not apply (any more), or where the pool is live.
 */
export function endPool(
  ctx: Context,
  input: PoolKey & { when?: { deploymentId: number } | { warmTimeIsOver: true } },
): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const rows = await tx.db
      .update(pools)
      .set({ status: "ending", warmUntil: null })
      .where(
        and(
          isPool(input),
          inArray(pools.status, ["starting", "ready"]),
          isNotLive(tx),
          condition(input.when),
        ),
      )
      .returning({ color: pools.color });
    if (rows.length === 0)
      throw new ConflictError("This pool is live, empty, or another deployment's by now.");
    if ((await markEnding(tx, input)) === 0) await emptyPool(tx, input);
  });
}

/** Ends all instances, live ones too: for a service that is being removed. */
export function endEveryPool(ctx: Context, input: { serviceEnvironmentId: number }): Promise<void> {
  return inTransaction(ctx, async (tx) => {
    const ended = await tx.db
      .update(pools)
      .set({ status: "ending", warmUntil: null })
      .where(
        and(
          eq(pools.serviceEnvironmentId, input.serviceEnvironmentId),
          inArray(pools.status, ["starting", "ready", "ending"]),
        ),
      )
      .returning({ color: pools.color });
    for (const { color } of ended) {
      const key = { ...input, pool: color };
      await markEnding(tx, key);
      await emptyPool(tx, key);
    }
  });
}

/** Empties a pool that no instance is left in, unless it is live: a deployment moves traffic away from that one. */
export async function endDesertedPool(tx: Context, key: PoolKey): Promise<void> {
  await tx.db
    .update(pools)
    .set({ status: "ending", warmUntil: null })
    .where(and(isPool(key), inArray(pools.status, ["starting", "ready"]), isNotLive(tx), isDeserted(key)));
  await emptyPool(tx, key);
}

/** What is written to a pool that nothing stands in any more. */
export const emptied = {
  status: "empty",
  releaseId: null,
  configurationId: null,
  secrets: {},
  target: "process",
  deploymentId: null,
} as const;

/** An ending pool without instances is empty. */
export async function emptyPool(tx: Context, key: PoolKey): Promise<void> {
  await tx.db
    .update(pools)
    .set(emptied)
    .where(and(isPool(key), eq(pools.status, "ending"), isDeserted(key)));
}

function isDeserted({ serviceEnvironmentId, pool }: PoolKey) {
  return sql`not exists (select 1 from instances where service_environment_id = ${serviceEnvironmentId}
    and pool = ${pool} and status <> 'ended')`;
}

function isPool(key: PoolKey) {
  return and(eq(pools.serviceEnvironmentId, key.serviceEnvironmentId), eq(pools.color, key.pool));
}

function isNotLive(tx: Context) {
  return notExists(
    tx.db
      .select({ one: sql`1` })
      .from(pointers)
      .where(
        and(
          eq(pointers.serviceEnvironmentId, pools.serviceEnvironmentId),
          sql`${pools.color} in (${pointers.livePool}, ${pointers.candidatePool})`,
        ),
      ),
  );
}

function condition(when: { deploymentId: number } | { warmTimeIsOver: true } | undefined) {
  if (when === undefined) return undefined;
  if ("deploymentId" in when) return eq(pools.deploymentId, when.deploymentId);
  return and(isNotNull(pools.warmUntil), lt(pools.warmUntil, sql`clock_timestamp()`), isNotNeeded());
}
