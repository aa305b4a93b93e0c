import { and, eq, gt, inArray, sql } from "drizzle-orm";
import { secrets, serviceEnvironments, services } from "#db/schema/services.ts";
import { instanceOutput, instances } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";

export interface WatchedInstance {
  id: number;
  outputFile: string;
  serviceEnvironmentId: number;
  service: { id: number; repositoryUrl: string };
  /** Greater once a secret was set that its output may show; 0 for none. */
  newestSecretId: number;
}

/** A worker's instances whose output somebody looks at. Of others nothing stays in the database. */
export async function listWatched(ctx: Context, workerId: number): Promise<WatchedInstance[]> {
  const isWatched = gt(instances.outputWatchedUntil, sql`clock_timestamp()`);
  const own = ctx.db.select({ id: instances.id }).from(instances).where(eq(instances.workerId, workerId));
  const stillWatched = ctx.db.select({ id: instances.id }).from(instances).where(isWatched);
  await ctx.db
    .delete(instanceOutput)
    .where(
      and(
        inArray(instanceOutput.instanceId, own),
        sql`${instanceOutput.instanceId} not in (${stillWatched.getSQL()})`,
      ),
    );
  return ctx.db
    .select({
      id: instances.id,
      outputFile: instances.outputFile,
      serviceEnvironmentId: instances.serviceEnvironmentId,
      service: { id: services.id, repositoryUrl: services.repositoryUrl },
      newestSecretId: sql`coalesce((select max(${secrets.id}) from ${secrets}
        where ${secrets.serviceEnvironmentId} = ${instances.serviceEnvironmentId}), 0)`.mapWith(Number),
    })
    .from(instances)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, instances.serviceEnvironmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .where(and(eq(instances.workerId, workerId), isWatched));
}
