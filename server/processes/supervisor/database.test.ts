import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../deploy-worker/testing/open-lab.ts";
import { type OwnDatabase, openOwnDatabase } from "../deploy-worker/testing/open-own-database.ts";

let database: OwnDatabase;

beforeEach(async () => {
  database = await openOwnDatabase();
});
afterEach(() => database.close());

test("a killed server is started again under the same address, and the operator is told", async () => {
  await database.kill();
  await until(
    async () => database.said,
    (lines) => lines.includes("PostgreSQL runs again."),
  );
  expect(database.said[0]).toContain("PostgreSQL ended; starting it again.");
  const sql = postgres(database.url, { max: 1 });
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  await sql.end();
});

test("nothing is started again once the supervisor stops", async () => {
  await database.leave();
  await database.kill();
  await database.close();
  const sql = postgres(database.url, { max: 1, connect_timeout: 2 });
  await expect(sql`select 1`).rejects.toThrow();
  expect(database.said).toEqual([]);
});
