import { whyNoMigration } from "#server/domain/plan.ts";
import { runCommands } from "#server/services/pipeline/run-commands.ts";
import { type Run, settingsOf } from "./run.ts";
import { runStep, skipStep } from "./run-step.ts";
import { shippedFolder } from "./shipped-folder.ts";
import { commandsPlace, releaseVariables } from "./step-environment.ts";

/** Runs the release's migration, once per deployment: what an earlier attempt finished is not run again. */
export async function migrate(run: Run): Promise<void> {
  const { migrate: migration } = settingsOf(run);
  const earlier = run.work.steps.find((step) => step.name === "migrate");
  if (earlier?.status === "succeeded") return;
  const unwanted = whyNoMigration(run.work.kind);
  if (unwanted !== null) return skipStep(run, "migrate", unwanted);
  if (migration === null) return skipStep(run, "migrate", "no migration is set");
  await runStep(run, "migrate", async (output) => {
    const folder = await shippedFolder(run);
    const place = await commandsPlace(run, folder, output, releaseVariables(run));
    await runCommands({ commands: [{ name: "migrate", run: migration.run }], ...place });
    return migration.run;
  });
}
