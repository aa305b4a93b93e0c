import { releaseFolder } from "./release-folder.ts";
import { type Run, releaseOf, settingsOf } from "./run.ts";
import { runStepCommand } from "./run-command.ts";
import { runStep, skipStep } from "./run-step.ts";

/** Runs the release's migration, once per deployment: what an earlier attempt finished is not run again. */
export async function migrate(run: Run): Promise<void> {
  const { migrate: migration, env } = settingsOf(run);
  const earlier = run.work.steps.find((step) => step.name === "migrate");
  if (earlier?.status === "succeeded") return;
  if (run.work.kind === "switch-back") return skipStep(run, "migrate", "a switch-back changes no data");
  if (migration === null) return skipStep(run, "migrate", "no migration is set");
  await runStep(run, "migrate", async (log) => {
    const release = releaseOf(run);
    const folder = await releaseFolder(run.machine.dataFolder, run.work.service.slug, release);
    const variables = {
      ...env,
      ANYTIME_RELEASE: String(release.number),
      ANYTIME_SERVICE: run.work.service.slug,
      ANYTIME_ENVIRONMENT: run.work.environmentSlug,
    };
    await runStepCommand(run, log, { run: migration.run, folder, variables });
    return "done";
  });
}
