import { sql } from "drizzle-orm";
import { z } from "zod";
import { instanceStatuses } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";

/** An instance of a live pool in production. */
export interface LiveInstance {
  id: number;
  serviceEnvironmentId: number;
  releaseId: number;
  /** What the pool was started or kept for, and when that took traffic. */
  deploymentId: number | null;
  switchedAt: Date | null;
  status: (typeof instanceStatuses)[number];
  restarts: number;
  /** Of the same pool. */
  healthyInstances: number;
}

const rowsSchema = z.array(
  z.object({
    id: z.coerce.number(),
    serviceEnvironmentId: z.coerce.number(),
    releaseId: z.coerce.number(),
    deploymentId: z.coerce.number().nullable(),
    switchedAt: z.coerce.date().nullable(),
    status: z.enum(instanceStatuses),
    restarts: z.number(),
    healthyInstances: z.coerce.number(),
  }),
);

export async function listLiveInstances(ctx: Context): Promise<LiveInstance[]> {
  const rows = await ctx.db.execute(sql`
    select instances.id, instances.service_environment_id as "serviceEnvironmentId", instances.release_id as "releaseId",
      pools.deployment_id as "deploymentId", deployments.switched_at as "switchedAt", instances.status, instances.restarts,
      count(*) filter (where instances.status = 'healthy') over (partition by instances.service_environment_id)
        as "healthyInstances"
    from environments
      join service_environments on service_environments.environment_id = environments.id
      join pointers on pointers.service_environment_id = service_environments.id and pointers.live_pool is not null
      join pools on pools.service_environment_id = pointers.service_environment_id and pools.color = pointers.live_pool
      join instances on instances.service_environment_id = pools.service_environment_id and instances.pool = pools.color
        and instances.status <> 'ended'
      left join deployments on deployments.id = pools.deployment_id
    where environments.is_production`);
  return rowsSchema.parse([...rows]);
}
