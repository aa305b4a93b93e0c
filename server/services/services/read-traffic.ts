import { and, asc, eq, getTableColumns, ne, sql } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { instances, pointers, pools } from "#db/schema/traffic.ts";
import { workers } from "#db/schema/workers.ts";
import { type PoolColor, poolColors } from "#server/domain/pools.ts";
import type { InstanceView, PoolView, TrafficView } from "#server/domain/read-models.ts";
import { toReleaseBrief } from "#server/domain/release-brief.ts";
import type { Shared } from "#server/domain/shares.ts";
import type { Context } from "#server/kernel/context.ts";
import { holdsRevokedSecret } from "#server/kernel/holds-revoked-secret.ts";
import { readRouterProofs } from "./read-router-proofs.ts";

/** The pools of a service environment with their instances, and who sends traffic where. */
export async function readTraffic(ctx: Context, serviceEnvironmentId: number): Promise<TrafficView> {
  const [pointer] = await ctx.db
    .select({
      ...getTableColumns(pointers),
      isHeld: sql<boolean>`coalesce(held_until > clock_timestamp(), false)`,
    })
    .from(pointers)
    .where(eq(pointers.serviceEnvironmentId, serviceEnvironmentId));
  const poolRows = await ctx.db
    .select({ pool: pools, release: releases, holdsRevoked: holdsRevokedSecret })
    .from(pools)
    .leftJoin(releases, eq(releases.id, pools.releaseId))
    .where(eq(pools.serviceEnvironmentId, serviceEnvironmentId));
  const present = await listPresentInstances(ctx, serviceEnvironmentId);
  const generation = pointer?.generation ?? 0;
  const livePool = pointer?.livePool ?? null;
  const view = (color: PoolColor): PoolView => {
    const row = poolRows.find(({ pool }) => pool.color === color);
    const isLive = color === livePool;
    return {
      color,
      status: row?.pool.status ?? "empty",
      isLive,
      isWarm: !isLive && row?.pool.status === "ready" && !row.holdsRevoked,
      warmUntil: row?.pool.warmUntil?.toISOString() ?? null,
      release: row?.release ? toReleaseBrief(row.release) : null,
      configurationId: row?.pool.configurationId ?? null,
      secrets: row?.pool.secrets ?? {},
      deploymentId: row?.pool.deploymentId ?? null,
      instances: present.filter((instance) => instance.pool === color).map(({ view }) => view),
    };
  };
  const views = poolColors.map(view);
  const heldUntil = pointer?.isHeld === true ? (pointer.heldUntil?.toISOString() ?? null) : null;
  const routers = await readRouterProofs(ctx, { serviceEnvironmentId, generation });
  return {
    generation,
    livePool,
    pools: views.filter(isShown),
    routers,
    shared: sharedOf(pointer),
    heldUntil,
  };
}

function sharedOf(pointer: typeof pointers.$inferSelect | undefined): Shared | null {
  if (pointer?.candidatePool == null) return null;
  return {
    pool: pointer.candidatePool,
    share: pointer.candidateShare,
    sticky: pointer.candidateSticky,
    until: pointer.candidateUntil?.toISOString() ?? null,
  };
}

/** The third pool is nothing to think of until it is needed. */
function isShown(pool: PoolView): boolean {
  return pool.color !== "violet" || pool.isLive || pool.status !== "empty";
}

async function listPresentInstances(ctx: Context, serviceEnvironmentId: number) {
  const rows = await ctx.db
    .select({ instance: instances, workerName: workers.name })
    .from(instances)
    .innerJoin(workers, eq(workers.id, instances.workerId))
    .where(and(eq(instances.serviceEnvironmentId, serviceEnvironmentId), ne(instances.status, "ended")))
    .orderBy(asc(instances.id));
  return rows.map(({ instance, workerName }) => {
    const { id, status, host, port, pid, restarts, startedAt } = instance;
    const view: InstanceView = {
      id,
      status,
      host,
      port,
      pid,
      restarts,
      startedAt: startedAt.toISOString(),
      workerName,
    };
    return { pool: instance.pool, view };
  });
}
