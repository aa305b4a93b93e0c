import { and, asc, eq, ne } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import { configurations, environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { instances, pools } from "#db/schema/traffic.ts";
import type { ConfigurationContent } from "#server/domain/configuration.ts";
import type { InstanceStatus, PoolColor } from "#server/domain/pools.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";

/** An instance with all that is needed to start it again. */
export interface InstanceToKeep {
  id: number;
  serviceEnvironmentId: number;
  pool: PoolColor;
  status: InstanceStatus;
  host: string;
  port: number;
  pid: number | null;
  pidStartedAt: string | null;
  outputFile: string;
  release: { id: number; number: number; artifactDigest: string; settingsFile: SettingsFileInput };
  /** What it is started with, over the release's own settings. */
  configuration: (ConfigurationContent & { id: number }) | null;
  /** Ids of the secret values that it is started with, by name; a later one counts where it is revoked. */
  secrets: Record<string, number>;
  serviceId: number;
  serviceSlug: string;
  environmentSlug: string;
}

/** The instances that a worker has to look after, those that are ending included. */
export function listKept(ctx: Context, workerId: number): Promise<InstanceToKeep[]> {
  return ctx.db
    .select({
      id: instances.id,
      serviceEnvironmentId: instances.serviceEnvironmentId,
      pool: instances.pool,
      status: instances.status,
      host: instances.host,
      port: instances.port,
      pid: instances.pid,
      pidStartedAt: instances.pidStartedAt,
      outputFile: instances.outputFile,
      release: {
        id: releases.id,
        number: releases.number,
        artifactDigest: releases.artifactDigest,
        settingsFile: releases.settingsFile,
      },
      configuration: {
        id: configurations.id,
        instances: configurations.instances,
        variables: configurations.variables,
        secrets: configurations.secrets,
      },
      secrets: pools.secrets,
      serviceId: services.id,
      serviceSlug: services.slug,
      environmentSlug: environments.slug,
    })
    .from(instances)
    .innerJoin(releases, eq(releases.id, instances.releaseId))
    .innerJoin(
      pools,
      and(eq(pools.serviceEnvironmentId, instances.serviceEnvironmentId), eq(pools.color, instances.pool)),
    )
    .leftJoin(configurations, eq(configurations.id, pools.configurationId))
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, instances.serviceEnvironmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .where(and(eq(instances.workerId, workerId), ne(instances.status, "ended")))
    .orderBy(asc(instances.id));
}
