import { chmodSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { migrate } from "#db/migrate.ts";
import { prepareTemplate } from "#db/testing/template.ts";

export interface BenchDatabase {
  url: string;
  close(): Promise<void>;
}

/** A migrated database for one run: on the server of ANYTIME_BENCH_DATABASE_URL where that is set, else on its own. */
export async function openBenchDatabase(folder: string): Promise<BenchDatabase> {
  const given = process.env.ANYTIME_BENCH_DATABASE_URL;
  if (given === undefined) {
    mkdirSync(dirname(folder), { recursive: true });
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    chmodSync(dirname(folder), 0o711);
    const server = await startEmbeddedPostgres({ folder, password: "bench" });
    await migrate(server.url);
    return { url: server.url, close: server.stop };
  }
  const database = await prepareTemplate(given);
  const url = new URL(given);
  url.pathname = `/${database.name}`;
  return { url: url.href, close: database.drop };
}
