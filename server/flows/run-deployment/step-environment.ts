import { join } from "node:path";
import { makeOwnFolder, makeReadableFolder } from "#server/kernel/owned-folder.ts";
import { scrubbedEnvironment } from "#server/services/pipeline/scrubbed-environment.ts";
import { accountOf, leaseMarks, type Run } from "./run.ts";

/** What a step's commands see: a HOME that the service keeps from build to build, and nothing of the portal's own. */
export async function stepEnvironment(
  run: Run,
  variables: Record<string, string> = {},
): Promise<Record<string, string>> {
  const home = join(run.machine.dataFolder.homesFolder, run.work.service.slug);
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

/** What migrations and smoke tests see besides: the environment's variables and secrets, and which release it is. */
export function releaseVariables(run: Run, secrets: Record<string, string>): Record<string, string> {
  return {
    ...run.settings?.env,
    ...secrets,
    ANYTIME_RELEASE: String(run.work.release?.number),
    ANYTIME_SERVICE: run.work.service.slug,
    ANYTIME_ENVIRONMENT: run.work.environmentSlug,
  };
}
