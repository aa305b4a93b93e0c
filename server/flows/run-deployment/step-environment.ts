import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { limitsWithin, tellOfCappedLimits } from "#server/domain/limits.ts";
import { tellOfScarceRoom } from "#server/kernel/disk-room.ts";
import { makeOwnFolder, makeReadableFolder } from "#server/kernel/owned-folder.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import { accountOf, leaseMarks, type Run, settingsOf } from "./run.ts";

/** Where a step's commands run, what they see, whom they run as, and what holds them within bounds. */
export async function commandsPlace(
  run: Run,
  folder: string,
  log: StepLog,
  variables: Record<string, string> = {},
) {
  const { stepLimits, freeDiskBytes, dataFolder } = run.machine;
  const account = accountOf(run);
  const wanted = settingsOf(run).limits.steps;
  const limits = limitsWithin(wanted, stepLimits);
  const capped = tellOfCappedLimits(wanted, stepLimits);
  if (capped !== null) log.note(capped);
  const environment = await stepEnvironment(run, variables);
  const writable = [run.workspace, dataFolder.homesFolder];
  return {
    folder,
    environment,
    account,
    confine: () => run.machine.confine({ name: `step-${randomUUID()}`, kind: "step", limits, account }),
    whyNot: () => tellOfScarceRoom(writable, freeDiskBytes),
    output: log,
    signal: run.signal,
  };
}

/** What a step's commands see: a HOME that the service keeps from build to build, and nothing of the portal's own. */
async function stepEnvironment(
  run: Run,
  variables: Record<string, string> = {},
): Promise<Record<string, string>> {
  const home = homeOf(run);
  const temporaryFolder = join(run.workspace, "tmp");
  const account = accountOf(run);
  await makeReadableFolder(run.workspace, account);
  for (const folder of [home, temporaryFolder]) await makeOwnFolder(folder, account);
  return scrubbedEnvironment({
    home,
    temporaryFolder,
    variables: { ...variables, ...run.machine.markVariables, ...leaseMarks(run.lease) },
  });
}

/** What the service keeps from build to build. Tools keep a lot in there, too: a clean build has one of its own. */
export function homeOf(run: Run): string {
  const { homesFolder } = run.machine.dataFolder;
  return run.work.cleanBuild ? join(run.workspace, "home") : join(homesFolder, run.work.service.slug);
}

/** What migrations, smoke tests and release commands see besides: variables and secrets, and which release it is. */
export function releaseVariables(run: Run, secrets: Record<string, string>): Record<string, string> {
  return {
    ...run.settings?.env,
    ...secrets,
    ANYTIME_RELEASE: String(run.work.release?.number),
    ANYTIME_SERVICE: run.work.service.slug,
    ANYTIME_ENVIRONMENT: run.work.environmentSlug,
  };
}
