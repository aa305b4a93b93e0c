import { type SQL, sql } from "drizzle-orm";
import type { PoolColor } from "#server/domain/pools.ts";
import { leastShare, mostShare, type Sticky, shareText } from "#server/domain/shares.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
import { canTakeTraffic, changePointer, pointerRefusal } from "./change-pointer.ts";

/** What is open to a pool is given this time where nobody says how long. */
const usualDrainMs = 30_000;

interface SharedPool {
  serviceEnvironmentId: number;
  pool: PoolColor;
}

/**
 * Gives a pool beside the live one a share of the requests: a canary, whom nothing ends but its deployment. It takes the
 * place of what was held back. ConflictError where the pointer has moved since, or where nobody answers in the pool.
 */
export async function giveShare(
  ctx: Context,
  input: SharedPool & {
    share: number;
    sticky: Sticky | null;
    expectedGeneration: number;
    /** How long what is open to a pool that was held back may take. */
    drainMs?: number;
  },
): Promise<{ generation: number }> {
  const { serviceEnvironmentId, pool, share, sticky, expectedGeneration } = input;
  const drainUntil = drainEnd(input.drainMs ?? usualDrainMs);
  const given = await changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/give-share",
    before: { generation: expectedGeneration },
    after: { candidatePool: pool, share },
    set: sql`
      candidate_pool = ${pool},
      candidate_share = ${share},
      candidate_sticky = ${sticky === null ? null : JSON.stringify(sticky)}::jsonb,
      candidate_until = null,
      drain_until = case when candidate_pool is null then drain_until else ${drainUntil} end`,
    where: sql`generation = ${expectedGeneration} and live_pool <> ${pool}
      and ${canTakeTraffic(serviceEnvironmentId, pool)}`,
  });
  if (given === null) throw await pointerRefusal(ctx, input);
  return given;
}

/** By hand, while it is a canary. ValidationError "share"; ConflictError where it is none any more. */
export async function changeShare(
  ctx: Context,
  { serviceEnvironmentId, pool, share }: SharedPool & { share: number },
): Promise<{ generation: number }> {
  if (!(share >= leastShare && share <= mostShare)) {
    const range = `${shareText(leastShare)} to ${shareText(mostShare)}`;
    throw new ValidationError(`Write a share from ${range}.`, "share");
  }
  const changed = await changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/change-share",
    after: { candidatePool: pool, share },
    set: sql`candidate_share = ${share}`,
    where: sql`candidate_pool = ${pool} and candidate_until is null`,
  });
  if (changed === null) throw new ConflictError("Its share of the traffic has just ended.");
  return changed;
}

/** Sends all requests to the live pool again; false where the pool had no share (any more). */
export async function endShare(
  ctx: Context,
  { serviceEnvironmentId, pool, drainMs = usualDrainMs }: SharedPool & { drainMs?: number },
): Promise<boolean> {
  const where = sql`candidate_pool = ${pool}`;
  return (await takeShare(ctx, { serviceEnvironmentId, drainMs, where })) !== null;
}

/** Ends shares that nobody ends: of what is held back no longer, and of canaries whose deployments are over. */
export async function endShares(ctx: Context): Promise<number> {
  const rows = await ctx.db.execute<{ id: string }>(
    sql`select service_environment_id as id from pointers where candidate_pool is not null and ${isOver}`,
  );
  for (const { id } of rows) {
    await takeShare(ctx, { serviceEnvironmentId: Number(id), where: isOver, drainMs: usualDrainMs });
  }
  return rows.length;
}

const isOver = sql`(
  candidate_until <= clock_timestamp()
  or (candidate_until is null and candidate_pool is not null and not exists (
    select from deployments
    where deployments.service_environment_id = pointers.service_environment_id
      and deployments.pool = pointers.candidate_pool
      and deployments.status = 'running' and deployments.switched_at is null
  ))
)`;

function takeShare(
  ctx: Context,
  { serviceEnvironmentId, where, drainMs }: { serviceEnvironmentId: number; where: SQL; drainMs: number },
) {
  return changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/end-share",
    after: { candidatePool: null, share: 0 },
    set: sql`
      candidate_pool = null,
      candidate_share = 0,
      candidate_sticky = null,
      candidate_until = null,
      drain_until = ${drainEnd(drainMs)}`,
    where,
  });
}

function drainEnd(drainMs: number): SQL {
  return sql`clock_timestamp() + ${drainMs} * interval '1 millisecond'`;
}
