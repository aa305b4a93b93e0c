import { and, asc, eq, inArray } from "drizzle-orm";
import { instances } from "#db/schema/traffic.ts";
import type { InstanceStatus, PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";

export interface PoolInstance {
  id: number;
  workerId: number;
  status: InstanceStatus;
  host: string;
  port: number;
  outputFile: string;
}

const columns = {
  id: instances.id,
  workerId: instances.workerId,
  status: instances.status,
  host: instances.host,
  port: instances.port,
  outputFile: instances.outputFile,
};

/** The instances of a pool that run or should run. */
export function listPoolInstances(
  ctx: Context,
  input: { serviceEnvironmentId: number; pool: PoolColor },
): Promise<PoolInstance[]> {
  return ctx.db
    .select(columns)
    .from(instances)
    .where(
      and(
        eq(instances.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(instances.pool, input.pool),
        inArray(instances.status, ["starting", "healthy", "unhealthy", "restarting"]),
      ),
    )
    .orderBy(asc(instances.id));
}

/** Those instances, whatever has become of them. */
export function readInstances(ctx: Context, ids: number[]): Promise<PoolInstance[]> {
  return ctx.db.select(columns).from(instances).where(inArray(instances.id, ids)).orderBy(asc(instances.id));
}
