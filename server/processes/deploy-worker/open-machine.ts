import { join } from "node:path";
import { maskSecrets } from "#server/domain/mask-secrets.ts";
import { telemetryVariables } from "#server/domain/telemetry-variables.ts";
import type { Machine } from "#server/flows/run-deployment/machine.ts";
import { releaseFolder } from "#server/flows/run-deployment/release-folder.ts";
import { clearOtherGroups } from "#server/kernel/confinement.ts";
import type { Context } from "#server/kernel/context.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import { makeOwnFolder, makeReadableFolder } from "#server/kernel/owned-folder.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { secretsOf } from "#server/kernel/secrets-of.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { telemetryKey } from "#server/kernel/telemetry-key.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { openDepot } from "#server/services/pipeline/open-depot.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import { openSecrets } from "#server/services/services/open-secrets.ts";
import { InstanceKeeper } from "#server/services/targets/instance-keeper.ts";
import type { RoomOptions } from "#server/services/targets/instance-room.ts";
import type { InstancePlace } from "#server/services/targets/kept-instance.ts";
import type { InstanceToKeep } from "#server/services/targets/list-kept.ts";
import { readKeyGeneration } from "#server/services/telemetry/key-generation.ts";
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
      telemetry: await telemetryFor(ctx, { keys, url: settings.telemetryUrl }, instance),
    }),
    accountOf: isolation.accountOf,
    confine: isolation.confine,
    limits: settings.instanceLimits,
    room: roomOf(options, isolation),
    clearOthers: (names) => clearOtherGroups(isolation.groups, (name) => names.has(name)),
    onProblem: (problem) => logger.warn({ err: problem }, "an instance's row could not be written"),
    onCleared: (what) => logger.warn(what),
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

async function telemetryFor(
  ctx: Context,
  { keys, url }: { keys: SealingKeys; url: string },
  { id, serviceEnvironmentId, serviceSlug, environmentSlug, release }: InstanceToKeep,
): Promise<Record<string, string>> {
  const { generation } = await readKeyGeneration(ctx, serviceEnvironmentId);
  return telemetryVariables({
    ...{ url, serviceEnvironmentId, serviceSlug, environmentSlug },
    key: telemetryKey(keys, { serviceEnvironmentId, generation }),
    releaseNumber: release.number,
    instance: `${serviceSlug}-${id}`,
  });
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

/** World-writable on most systems, and on many a disk of its own. */
const sharedFolders = ["/tmp", "/var/tmp", "/dev/shm", "/run/lock"];

function roomOf({ ctx, settings, logger }: WorkerSettings, { dataFolder }: Isolation): RoomOptions {
  const { instancesFolder, homesFolder, cachesFolder } = dataFolder;
  return {
    floorBytes: settings.freeDiskBytes,
    roots: { instances: [instancesFolder], steps: [homesFolder, cachesFolder] },
    sharedFolders,
    dataFolder: dataFolder.root,
    foldersOf: ({ slug }) => {
      const { home, temporaryFolder } = instanceFolders(dataFolder, slug);
      return [
        { name: "its instances' TMPDIR", folder: temporaryFolder, isForSteps: false },
        { name: "its builds' cache", folder: join(cachesFolder, slug), isForSteps: true },
        { name: "its builds' HOME", folder: join(homesFolder, slug), isForSteps: true },
        { name: "its instances' HOME", folder: home, isForSteps: false },
      ];
    },
    listDeploying: async () => {
      const active = await listActive(ctx).catch(nullIfAway);
      return (
        active &&
        new Set(active.flatMap(({ status, serviceSlug }) => (status === "running" ? serviceSlug : [])))
      );
    },
    onScarceRoom: (problem) => logger.warn(problem),
  };
}

function nullIfAway(error: unknown): null {
  if (isDatabaseAway(error)) return null;
  throw error;
}

function instanceFolders({ instancesFolder }: DataFolder, slug: string) {
  const own = join(instancesFolder, slug);
  return { own, home: join(own, "home"), temporaryFolder: join(own, "tmp") };
}

async function placeOf(
  place: Parameters<typeof releaseFolder>[0],
  instance: InstanceToKeep,
): Promise<InstancePlace> {
  const { serviceId: id, serviceSlug: slug, release } = instance;
  const account = place.accountOf(id);
  const { own, home, temporaryFolder } = instanceFolders(place.dataFolder, slug);
  await makeReadableFolder(own, account);
  for (const folder of [home, temporaryFolder]) await makeOwnFolder(folder, account);
  const { CI: _, ...environment } = scrubbedEnvironment({ home, temporaryFolder });
  return { folder: await releaseFolder(place, { id, slug }, release), environment, account };
}
