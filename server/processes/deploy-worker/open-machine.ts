import { join } from "node:path";
import { maskSecrets } from "#server/domain/mask-secrets.ts";
import type { Machine } from "#server/flows/run-deployment/machine.ts";
import { releaseFolder } from "#server/flows/run-deployment/release-folder.ts";
import { clearOtherGroups } from "#server/kernel/confinement.ts";
import { makeOwnFolder, makeReadableFolder } from "#server/kernel/owned-folder.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { secretsOf } from "#server/kernel/secrets-of.ts";
import { openDepot } from "#server/services/pipeline/open-depot.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
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
  const keeper = new InstanceKeeper(ctx, {
    workerId,
    marks,
    placeOf: (instance) => placeOf({ ...isolation, depot }, instance),
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
    stepLimits: settings.stepLimits,
    freeDiskBytes: settings.freeDiskBytes,
    instanceHost: settings.workerHost,
    allowedLocalFolders: [...settings.allowLocalRepositories, dataFolder.repositoriesFolder],
    sealingKeys: sealingKeys(settings, dataFolder.secretsFile),
    keeper,
    notices,
    markVariables: marks,
    mask: maskSecrets(secretsOf(settings)),
  };
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
