import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DatabaseClient, openDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { migrate } from "#db/migrate.ts";
import { type Context, systemContext } from "#server/kernel/context.ts";
import { startTimeOf } from "#server/kernel/process-identity.ts";
import { openSupervisedDatabase } from "../../supervisor/database.ts";
import { until } from "./open-lab.ts";

/** A PostgreSQL server for one test file alone, that may be killed. */
export interface OwnDatabase {
  ctx: Context;
  client: DatabaseClient;
  url: string;
  /** What the operator would have been told. */
  said: string[];
  /** Kills the server; the supervisor's watch starts it again, unless `leave` was called. */
  kill(): Promise<void>;
  leave(): Promise<void>;
  /** Starts it again where nobody watches any more. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Its files lie in `place`, or in a folder of their own. */
export async function openOwnDatabase(place?: string): Promise<OwnDatabase> {
  const folder = place ?? mkdtempSync(join(tmpdir(), "anytime-own-database-"));
  chmodSync(folder, 0o755);
  const options = { folder: join(folder, "cluster"), password: "a test's own password" };
  const said: string[] = [];
  const database = await openSupervisedDatabase(
    { databaseUrl: null },
    { databaseFolder: options.folder },
    { databasePassword: options.password },
    (line) => said.push(line),
  );
  await migrate(database.url);
  const client = openDatabase(database.url);
  return {
    ctx: systemContext(client.db, "test"),
    client,
    url: database.url,
    said,
    async kill() {
      const { pid } = await startEmbeddedPostgres(options);
      process.kill(pid, "SIGKILL");
      await until(
        async () => startTimeOf(pid),
        (startedAt) => startedAt === null,
      );
    },
    leave: database.leave,
    async start() {
      await startEmbeddedPostgres({ ...options, port: Number(new URL(database.url).port) });
    },
    async close() {
      await client.close();
      await database.stop();
      if (place === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}
