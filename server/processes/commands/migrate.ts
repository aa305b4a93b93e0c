import { migrate } from "#db/migrate.ts";
import { loadEnvironment, requireDatabaseUrl } from "#server/kernel/env.ts";

export async function migrateDatabase(): Promise<number> {
  await migrate(requireDatabaseUrl(loadEnvironment(process.env)));
  console.log("The database is up to date.");
  return 0;
}
