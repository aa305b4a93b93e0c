import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Settings } from "#server/kernel/env.ts";
import type { StoredSecrets } from "#server/kernel/stored-secrets.ts";

export interface SupervisedDatabase {
  url: string;
  description: string;
  stop(): Promise<void>;
}

/** The operator's own PostgreSQL where DATABASE_URL names one, else the embedded one. */
export async function openSupervisedDatabase(
  settings: Settings,
  folder: DataFolder,
  secrets: StoredSecrets,
): Promise<SupervisedDatabase> {
  if (settings.databaseUrl !== null) {
    return { url: settings.databaseUrl, description: "yours, by DATABASE_URL", stop: async () => undefined };
  }
  const server = await startEmbeddedPostgres({
    folder: folder.databaseFolder,
    password: secrets.databasePassword,
  });
  const description = server.adopted ? "was still running: adopted" : "embedded";
  return { url: server.url, description, stop: server.stop };
}
