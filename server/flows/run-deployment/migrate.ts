import { feltText } from "#server/domain/lock-words.ts";
import { migratedText } from "#server/domain/migration.ts";
import { whyNoMigration } from "#server/domain/plan.ts";
import type { MigrateSettings } from "#server/domain/service-settings.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { findMigration } from "#server/services/deployments/read-migrations.ts";
import {
  beginMigration,
  endMigration,
  type MigrationEnd,
} from "#server/services/deployments/run-migration.ts";
import { runCommands } from "#server/services/pipeline/run-commands.ts";
import { openRunSecrets } from "./open-run-secrets.ts";
import { pauseFor } from "./pause-for.ts";
import { type Run, releaseOf, settingsOf } from "./run.ts";
import { runStep, skipStep } from "./run-step.ts";
import { shippedFolder } from "./shipped-folder.ts";
import { commandsPlace, releaseVariables } from "./step-environment.ts";
import { watchMigration } from "./watch-migration.ts";

/** Runs the release's migration, once in each environment: what has migrated there is not run again. */
export async function migrate(run: Run): Promise<void> {
  const { migrate: migration } = settingsOf(run);
  const earlier = run.work.steps.find((step) => step.name === "migrate");
  if (earlier?.status === "succeeded") return;
  const unwanted = whyNoMigration(run.work.kind);
  if (unwanted !== null) return skipStep(run, "migrate", unwanted);
  if (migration === null) return skipStep(run, "migrate", "no migration is set");
  const { serviceEnvironmentId, environmentName } = run.work;
  const { id: releaseId, number } = releaseOf(run);
  const place = { serviceEnvironmentId, releaseId };
  const done = await findMigration(run.ctx, place);
  if (done !== null) return skipStep(run, "migrate", migratedText(number, environmentName, done.endedAt));
  await runStep(run, "migrate", async (output) => {
    const begun = await beginMigration(run.ctx, run.lease, place);
    const end: MigrationEnd = { ...begun, status: "failed", locks: null };
    try {
      await runMigration(run, migration, output, end);
      end.status = "succeeded";
    } finally {
      // One that was cut off is found interrupted by whoever holds the lease next; one that is done is done.
      if (!run.signal.aborted || end.status === "succeeded") await endMigration(run.ctx, run.lease, end);
    }
    const felt = feltText(end.locks ?? []);
    return felt === null ? migration.run : `${migration.run}; ${felt}`;
  });
}

async function runMigration(
  run: Run,
  { run: command, database, pauseMs }: MigrateSettings,
  output: StepLog,
  end: Pick<MigrationEnd, "locks">,
): Promise<void> {
  const secrets = await openRunSecrets(run);
  const folder = await shippedFolder(run);
  const variables = releaseVariables(run, secrets.valuesOf(run.work.configuration?.secrets ?? {}));
  const watch = watchMigration(run, output, { database, variables });
  try {
    const place = await commandsPlace(run, folder, output, { ...variables, ...watch.variables });
    await pauseFor(run, { pauseMs, log: output }, () =>
      runCommands({ commands: [{ name: "migrate", run: command }], ...place }),
    );
  } finally {
    // Also those of one that has failed.
    end.locks = await watch.end();
  }
}
