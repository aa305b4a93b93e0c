import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import type { Settings } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { embeddedAccess } from "./prepare-database.ts";
import { readRunFile } from "./run-file.ts";
import { runFileOf } from "./supervise.ts";

/** The database of an installation that runs: DATABASE_URL, or the embedded one beside the running supervisor. */
export async function databaseUrlOf(settings: Settings): Promise<string> {
  if (settings.databaseUrl !== null) return settings.databaseUrl;
  const folder = dataFolderAt(settings.dataFolder);
  if (readRunFile(runFileOf(folder, "supervisor")) === null) {
    throw new UserError(
      "Anytime does not run on this data folder: start it with `npm start`, or set DATABASE_URL.",
    );
  }
  const secrets = storedSecrets(folder.secretsFile);
  const server = { folder: folder.databaseFolder, password: secrets.databasePassword };
  return embeddedAccess((await startEmbeddedPostgres(server)).url, secrets);
}
