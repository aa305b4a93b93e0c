import { join } from "node:path";
import { maskSecrets } from "#server/domain/mask-secrets.ts";
import type { Machine } from "#server/flows/run-deployment/machine.ts";
import { releaseFolder } from "#server/flows/run-deployment/release-folder.ts";
import { clearOtherGroups } from "#server/kernel/confinement.ts";
import type { Context } from "#server/kernel/context.ts";
import { makeOwnFolder, makeReadableFolder } from "#server/kernel/owned-folder.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { secretsOf } from "#server/kernel/secrets-of.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { openDepot } from "#server/services/pipeline/open-depot.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import { openSecrets } from "#server/services/services/open-secrets.ts";
import { InstanceKeeper } from "#server/services/targets/instance-keeper.ts";
import type { InstancePlace } from "#server/services/targets/kept-instance.ts";
import type { InstanceToKeep } from "#server/services/targets/list-kept.ts";
import type { Isolation } from "./isolate-services.ts";
import type { NoticeHub } from "./notice-hub.ts";
import type { WorkerSettings } from "./start-worker.ts";

/** What this worker lends to the deployments that it runs, with the keeper of its instances. */
export function openMachine(
  options: WorkerSettings,
  isolation: Isolation,
  workerId: number,
  notices: NoticeHub,
): Machine {
  const { ctx, settings, logger } = options;
  const { dataFolder } = isolation;
  const { marks } = isolation;
  const depot = openDepot(settings, dataFolder);
  const keys = sealingKeys(settings, dataFolder.secretsFile);
  const own = secretsOf(settings, keys(), storedSecrets(dataFolder.secretsFile));
  const ownMask = maskSecrets(own);
  const keeper = new InstanceKeeper(ctx, {
    workerId,
    marks,
    placeOf: async (instance) => ({
      ...(await placeOf({ ...isolation, depot }, instance)),
      secrets: await secretsFor(ctx, keys, instance),
    }),
    accountOf: isolation.accountOf,
    confine: isolation.confine,
    limits: settings.instanceLimits,
    clearOthers: (names) => clearOtherGroups(isolation.groups, (name) => names.has(name)),
    onProblem: (problem) => logger.warn({ err: problem }, "an instance's row could not be written"),
  });
  return {
    ...isolation,
    depot,
    workerId,
    labels: settings.workerLabels,
    stepLimits: settings.stepLimits,
    freeDiskBytes: settings.freeDiskBytes,
    instanceHost: settings.workerHost,
    allowedLocalFolders: [...settings.allowLocalRepositories, dataFolder.repositoriesFolder],
    sealingKeys: keys,
    keeper,
    notices,
    markVariables: marks,
    maskWith: (secrets) => (secrets.length === 0 ? ownMask : maskSecrets([...own, ...secrets])),
  };
}

/** Opened for one start, and held by nobody after it. */
async function secretsFor(
  ctx: Context,
  keys: SealingKeys,
  { serviceEnvironmentId, secrets }: InstanceToKeep,
): Promise<Record<string, string>> {
  if (Object.keys(secrets).length === 0) return {};
  return (await openSecrets(ctx, serviceEnvironmentId, keys)).valuesOf(secrets);
}

async function placeOf(
  place: Parameters<typeof releaseFolder>[0],
  instance: InstanceToKeep,
): Promise<InstancePlace> {
  const { serviceId: id, serviceSlug: slug, release } = instance;
  const account = place.accountOf(id);
  const own = join(place.dataFolder.instancesFolder, slug);
  const [home, temporaryFolder] = [join(own, "home"), join(own, "tmp")];
  await makeReadableFolder(own, account);
  for (const folder of [home, temporaryFolder]) await makeOwnFolder(folder, account);
  const { CI: _, ...environment } = scrubbedEnvironment({ home, temporaryFolder });
  return { folder: await releaseFolder(place, { id, slug }, release), environment, account };
}
