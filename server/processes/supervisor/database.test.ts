import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { startTimeOf } from "#server/services/targets/process-identity.ts";
import { until } from "../deploy-worker/testing/open-lab.ts";
import { openSupervisedDatabase, type SupervisedDatabase } from "./database.ts";

const password = "a test's own password";
let folder: string;
let said: string[];
let database: SupervisedDatabase;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "anytime-supervised-"));
  chmodSync(folder, 0o755);
  said = [];
  database = await openSupervisedDatabase(
    { databaseUrl: null },
    { databaseFolder: join(folder, "cluster") },
    { databasePassword: password },
    (line) => said.push(line),
  );
});
afterEach(async () => {
  await database.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function killServer(): Promise<number> {
  const { pid } = await startEmbeddedPostgres({ folder: join(folder, "cluster"), password });
  process.kill(pid, "SIGKILL");
  await until(
    async () => startTimeOf(pid),
    (startedAt) => startedAt === null,
  );
  return pid;
}

test("a killed server is started again under the same address, and the operator is told", async () => {
  await killServer();
  await until(
    async () => said,
    (lines) => lines.includes("PostgreSQL runs again."),
  );
  expect(said[0]).toContain("PostgreSQL ended; starting it again.");
  const sql = postgres(database.url, { max: 1 });
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  await sql.end();
});

test("nothing is started again once the supervisor stops", async () => {
  await database.leave();
  await killServer();
  await database.stop();
  await expect(postgres(database.url, { max: 1, connect_timeout: 2 })`select 1`).rejects.toThrow(
    /ECONNREFUSED/,
  );
  expect(said).toEqual([]);
});
