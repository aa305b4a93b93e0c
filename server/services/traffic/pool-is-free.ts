import { and, eq, ne } from "drizzle-orm";
import { instances, pointers } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readRouterProgress } from "./read-router-progress.ts";
import type { RouterName } from "./wait-for-acknowledgements.ts";

export interface PoolUse {
  /** Nobody points at it and nothing is open to it: its instances may be ended. */
  free: boolean;
  /** Why it is not free, in words; null where it is. */
  reason: string | null;
  /** Routers that may still send new requests to it. Ending it would fail requests, however long one waited. */
  pointedAtBy: RouterName[];
  /** Requests, websockets and streams still open to pools that are not live. */
  openRequests: number;
}

/** Whether a pool may be ended or reused. NotFoundError where the service environment is gone. */
export async function poolIsFree(
  ctx: Pick<Context, "db">,
  input: { serviceEnvironmentId: number; pool: PoolColor },
): Promise<PoolUse> {
  const [pointer] = await ctx.db
    .select()
    .from(pointers)
    .where(eq(pointers.serviceEnvironmentId, input.serviceEnvironmentId));
  if (pointer === undefined) throw new NotFoundError("This service environment does not exist any more.");
  const progress = await readRouterProgress(ctx, input.serviceEnvironmentId);
  // Routers count what is open to all pools that are not live; nothing is open to one without instances.
  const isOpen = await hasInstances(ctx, input);
  const openRequests = isOpen ? progress.reduce((sum, router) => sum + router.openToOldPools, 0) : 0;
  const named = pointer.livePool === input.pool || pointer.candidatePool === input.pool;
  // Generation 0 names no pool, so a router that has not heard of it cannot point anywhere.
  const pointedAtBy = progress
    .filter((router) => named || (pointer.generation > 0 && router.generation < pointer.generation))
    .map((router) => router.name);
  const reason = reasonFor(input.pool, { named, pointedAtBy, openRequests });
  return { free: reason === null, reason, pointedAtBy, openRequests };
}

async function hasInstances(
  ctx: Pick<Context, "db">,
  { serviceEnvironmentId, pool }: { serviceEnvironmentId: number; pool: PoolColor },
): Promise<boolean> {
  const rows = await ctx.db
    .select({ id: instances.id })
    .from(instances)
    .where(
      and(
        eq(instances.serviceEnvironmentId, serviceEnvironmentId),
        eq(instances.pool, pool),
        ne(instances.status, "ended"),
      ),
    )
    .limit(1);
  return rows.length > 0;
}

function reasonFor(
  pool: PoolColor,
  use: { named: boolean; pointedAtBy: RouterName[]; openRequests: number },
): string | null {
  if (use.named) return `The ${pool} pool takes live traffic.`;
  if (use.pointedAtBy.length > 0) {
    return `Not every router has acknowledged the last switch: ${use.pointedAtBy.join(", ")}. Forget a router that is gone.`;
  }
  if (use.openRequests > 0)
    return `${use.openRequests} requests or streams are still open to the ${pool} pool.`;
  return null;
}
