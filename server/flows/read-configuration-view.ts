import type { ConfigurationView, InstanceCount } from "#server/domain/configuration-views.ts";
import type { LiveRelease, PoolView } from "#server/domain/read-models.ts";
import { findStoredSettings, type ServiceSettings } from "#server/domain/service-settings.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { getRelease } from "#server/services/pipeline/get-release.ts";
import {
  environmentOf,
  getService,
  type Service,
  type ServiceEnvironment,
} from "#server/services/services/get-service.ts";
import { listSecrets } from "#server/services/services/list-secrets.ts";
import { readConfiguration } from "#server/services/services/read-configuration.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import { readRunning } from "./find-configurations.ts";

/** What is configured, for those who may change it: values are told to nobody else. */
export async function readConfigurationView(
  ctx: Context,
  input: { slug: string; environmentSlug: string },
): Promise<ConfigurationView> {
  demand(ctx, "deploy", input.slug);
  const service = await getService(ctx, input.slug);
  const here = environmentOf(service, input.environmentSlug);
  const { serviceEnvironmentId, id, slug, name, position, isProduction } = here;
  const { pools } = await readTraffic(ctx, serviceEnvironmentId);
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId) ?? null;
  const own = live === null ? null : await ownSettings(ctx, service, here, live);
  return {
    serviceSlug: service.slug,
    environment: { id, slug, name, position, isProduction },
    newest: await readConfiguration(ctx, { serviceEnvironmentId }),
    running: await readRunning(ctx, pools, serviceEnvironmentId),
    secrets: await listSecrets(ctx, { serviceEnvironmentId }),
    release:
      live === null || own === null
        ? null
        : {
            number: live.number,
            own: "instances" in own ? { instances: own.instances, env: own.env } : { env: own.env },
          },
  };
}

/** How many instances what is live runs in, and who says so; null while nothing is, or where the portal starts none. */
export async function countInstances(
  ctx: Context,
  facts: { service: Service; environment: ServiceEnvironment; live: LiveRelease | null; pools: PoolView[] },
): Promise<InstanceCount | null> {
  const { service, environment, live, pools } = facts;
  const own = live === null ? null : await ownSettings(ctx, service, environment, live);
  if (own === null || own.target !== "process") return null;
  const running = await readRunning(ctx, pools, environment.serviceEnvironmentId);
  return {
    count: running?.instances ?? own.instances,
    own: own.instances,
    isConfigured: running !== null && running.instances !== null,
  };
}

/** What the release brought itself. */
async function ownSettings(
  ctx: Context,
  service: Service,
  environment: ServiceEnvironment,
  live: LiveRelease,
): Promise<ServiceSettings | null> {
  const release = await getRelease(ctx, service.id, { id: live.id });
  return findStoredSettings(release?.settingsFile, environment.slug);
}
