import { join } from "node:path";
import { and, eq } from "drizzle-orm";
import { instances, pools } from "#db/schema/traffic.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Target } from "#server/domain/targets.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { choosePorts, releaseChoice } from "./choose-ports.ts";
import { markEnding } from "./mark-ending.ts";

export interface PoolStart {
  serviceEnvironmentId: number;
  pool: PoolColor;
  target: Target;
  releaseId: number;
  /** What the instances are started with, now and whenever they are started again; null for nothing. */
  configurationId: number | null;
  /** Ids of secret values, by name. */
  secrets: Record<string, number>;
  deploymentId: number;
  workerId: number;
  /** How many instances; none for what does not run in them. */
  count: number;
  /** Where routers reach this machine. */
  host: string;
  /** One file per instance is made in it. */
  outputFolder: string;
}

/**
 * Takes the pool for the release: what ran in it ends, and the new instances' rows stand, for the worker's keeper to
 * launch. `fence` runs in the same transaction. The caller has made sure that no router points at the pool.
 */
export async function startPool(
  ctx: Context,
  start: PoolStart,
  fence: (tx: Context) => Promise<void>,
): Promise<{ instanceIds: number[] }> {
  return withPorts(ctx, start, async (tx, ports) => {
    await fence(tx);
    await takePool(tx, start);
    await markEnding(tx, start);
    return { instanceIds: await addInstances(tx, start, ports) };
  });
}

/** Adds instances to a pool that is being started. ConflictError where it is not that deployment's (any more). */
export async function extendPool(
  ctx: Context,
  start: PoolStart,
  fence: (tx: Context) => Promise<void>,
): Promise<{ instanceIds: number[] }> {
  return withPorts(ctx, start, async (tx, ports) => {
    await fence(tx);
    await demandStarting(tx, start);
    return { instanceIds: await addInstances(tx, start, ports) };
  });
}

async function withPorts<T>(
  ctx: Context,
  start: PoolStart,
  work: (tx: Context, ports: number[]) => Promise<T>,
): Promise<T> {
  const ports = await choosePorts(ctx, { ...start, place: start.outputFolder });
  try {
    return await inTransaction(ctx, (tx) => work(tx, ports));
  } finally {
    releaseChoice(ports);
  }
}

/** Locked, so that whoever ends the pool finds the new instances too. */
async function demandStarting(tx: Context, start: PoolStart): Promise<void> {
  const rows = await tx.db
    .select({ color: pools.color })
    .from(pools)
    .where(
      and(
        eq(pools.serviceEnvironmentId, start.serviceEnvironmentId),
        eq(pools.color, start.pool),
        eq(pools.status, "starting"),
        eq(pools.deploymentId, start.deploymentId),
      ),
    )
    .for("update");
  if (rows.length === 0)
    throw new ConflictError(`The ${start.pool} pool changed while it was being started.`);
}

async function takePool(tx: Context, start: PoolStart): Promise<void> {
  await tx.db
    .update(pools)
    .set({
      status: "starting",
      target: start.target,
      releaseId: start.releaseId,
      configurationId: start.configurationId,
      secrets: start.secrets,
      deploymentId: start.deploymentId,
      warmUntil: null,
    })
    .where(and(eq(pools.serviceEnvironmentId, start.serviceEnvironmentId), eq(pools.color, start.pool)));
}

async function addInstances(tx: Context, start: PoolStart, ports: number[]): Promise<number[]> {
  if (ports.length === 0) return [];
  const rows = await tx.db
    .insert(instances)
    .values(
      ports.map((port) => ({
        serviceEnvironmentId: start.serviceEnvironmentId,
        pool: start.pool,
        releaseId: start.releaseId,
        workerId: start.workerId,
        host: start.host,
        port,
        outputFile: join(start.outputFolder, `deployment-${start.deploymentId}-port-${port}.log`),
      })),
    )
    .returning({ id: instances.id });
  return rows.map((row) => row.id);
}
