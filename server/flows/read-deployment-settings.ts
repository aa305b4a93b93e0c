import { compareSecrets, compareSettings, type SettingChange } from "#server/domain/compare-settings.ts";
import { layConfiguration } from "#server/domain/configuration.ts";
import { findStoredSettings, type ServiceSettings } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import { type Deployment, getDeployment } from "#server/services/deployments/get-deployment.ts";
import { getRelease } from "#server/services/pipeline/get-release.ts";
import { readConfiguration } from "#server/services/services/read-configuration.ts";
import { shown } from "./find-configurations.ts";

/**
 * What a deployment changes in the settings and the configuration that instances run by, against what was live. Null
 * where there is nothing to compare: the first one here, or a release that is not made yet.
 */
export async function readDeploymentSettings(ctx: Context, id: number): Promise<SettingChange[] | null> {
  const deployment = await getDeployment(ctx, id);
  const { release, previousRelease, configurationId, previousConfigurationId } = deployment;
  if (release === null || previousRelease === null) return null;
  const [before, after] = await Promise.all([
    settingsWith(ctx, deployment, previousRelease.id, previousConfigurationId),
    settingsWith(ctx, deployment, release.id, configurationId),
  ]);
  if (before === null || after === null) return null;
  return [
    ...compareSettings(before.settings, after.settings),
    ...compareSecrets(before.secrets, after.secrets),
  ];
}

async function settingsWith(
  ctx: Context,
  { serviceId, serviceEnvironmentId, environmentSlug }: Deployment,
  releaseId: number,
  configurationId: number | null,
): Promise<{ settings: ServiceSettings; secrets: Record<string, number> } | null> {
  const release = await getRelease(ctx, serviceId, { id: releaseId });
  const settings = findStoredSettings(release?.settingsFile, environmentSlug);
  const configuration = await readConfiguration(ctx, { serviceEnvironmentId, id: configurationId });
  if (settings === null) return null;
  return {
    settings: layConfiguration(settings, shown(ctx, configuration)),
    secrets: configuration?.secrets ?? {},
  };
}
