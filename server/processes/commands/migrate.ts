import { loadEnvironment, requireDatabaseUrl } from "#server/kernel/env.ts";
import { prepareGivenDatabase } from "../supervisor/prepare-database.ts";

export async function migrateDatabase(): Promise<number> {
  const settings = loadEnvironment(process.env);
  await prepareGivenDatabase(settings, requireDatabaseUrl(settings));
  console.log("The database is up to date.");
  return 0;
}
