import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "#server/flows/run-deployment/machine.ts";
import { releaseFolder } from "#server/flows/run-deployment/release-folder.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import { InstanceKeeper } from "#server/services/targets/instance-keeper.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import type { NoticeHub } from "./notice-hub.ts";
import type { WorkerSettings } from "./start-worker.ts";

/** What this worker lends to the deployments that it runs, with the keeper of its instances. */
export function openMachine(options: WorkerSettings, workerId: number, notices: NoticeHub): Machine {
  const { ctx, dataFolder, settings, logger } = options;
  const marks = ownerMarks(dataFolder.root, settings.workerName);
  const temporaryFolder = join(dataFolder.root, "instances-tmp");
  mkdirSync(temporaryFolder, { recursive: true, mode: 0o700 });
  const { CI: _, ...baseEnvironment } = scrubbedEnvironment({
    home: dataFolder.instancesHome,
    temporaryFolder,
  });
  const keeper = new InstanceKeeper(ctx, {
    workerId,
    marks,
    baseEnvironment,
    folderOf: ({ serviceSlug, release }) => releaseFolder(dataFolder, serviceSlug, release),
    onProblem: (problem) => logger.warn({ err: problem }, "an instance's row could not be written"),
  });
  return {
    workerId,
    instanceHost: settings.workerHost,
    dataFolder,
    allowedLocalFolders: [...settings.allowLocalRepositories, dataFolder.repositoriesFolder],
    keeper,
    notices,
    markVariables: marks,
  };
}
