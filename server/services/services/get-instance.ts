import { eq } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { instances } from "#db/schema/traffic.ts";
import { workers } from "#db/schema/workers.ts";
import type { InstanceDetail } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

/** NotFoundError where there is no such instance. */
export async function getInstance(ctx: Context, id: number): Promise<InstanceDetail> {
  const [row] = await ctx.db
    .select({
      instance: instances,
      releaseNumber: releases.number,
      workerName: workers.name,
      service: services,
      environment: environments,
    })
    .from(instances)
    .innerJoin(releases, eq(releases.id, instances.releaseId))
    .innerJoin(workers, eq(workers.id, instances.workerId))
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, instances.serviceEnvironmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .where(eq(instances.id, id));
  if (row === undefined) throw new NotFoundError(`There is no instance ${id}.`);
  const { instance, releaseNumber, workerName, service, environment } = row;
  return {
    ...{ id, releaseNumber, workerName },
    ...{ status: instance.status, pool: instance.pool, host: instance.host, port: instance.port },
    ...{ pid: instance.pid, restarts: instance.restarts, startedAt: instance.startedAt.toISOString() },
    ...{ serviceSlug: service.slug, serviceName: service.name, environmentName: environment.name },
  };
}
