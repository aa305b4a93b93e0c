import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "#server/flows/run-deployment/machine.ts";
import { releaseFolder } from "#server/flows/run-deployment/release-folder.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import { InstanceKeeper, markVariable } from "#server/services/targets/instance-keeper.ts";
import type { NoticeHub } from "./notice-hub.ts";
import type { WorkerSettings } from "./start-worker.ts";

/** What this worker lends to the deployments that it runs, with the keeper of its instances. */
export function openMachine(options: WorkerSettings, workerId: number, notices: NoticeHub): Machine {
  const { ctx, dataFolder, settings, logger } = options;
  const mark = createHash("sha256")
    .update(`${dataFolder.root}\n${settings.workerName}`)
    .digest("hex")
    .slice(0, 16);
  const temporaryFolder = join(dataFolder.root, "instances-tmp");
  const home = join(dataFolder.homesFolder, "instances");
  for (const folder of [temporaryFolder, home]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { CI: _, ...baseEnvironment } = scrubbedEnvironment({ home, temporaryFolder });
  const keeper = new InstanceKeeper(ctx, {
    workerId,
    mark,
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
    markVariables: { [markVariable]: mark },
  };
}
