import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as applyMigrations } from "drizzle-orm/postgres-js/migrator";
import { expect, test } from "vitest";
import { migrate } from "#db/migrate.ts";
import { openEmptyDatabase, openTestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { unpackSlots } from "#server/domain/latency-slots.ts";
import { keepLogDays } from "#server/services/deployments/keep-log-days.ts";
import { readLog } from "#server/services/deployments/read-log.ts";
import { sumDue } from "#server/services/telemetry/sum-due.ts";

test("several processes may migrate at once, and again later", async () => {
  const database = await openTestDatabase();
  try {
    await Promise.all([migrate(database.url), migrate(database.url), migrate(database.url)]);
    const rows = await database.client.sql`select slug from environments order by position`;
    expect(rows.map((row) => row.slug)).toEqual(["staging", "production"]);
  } finally {
    await database.close();
  }
});

/** The migrations before a named one, as an installation of that time has them. */
function earlierMigrations(before: string): string {
  const folder = mkdtempSync(join(tmpdir(), "anytime-migrations-"));
  cpSync(new URL("./migrations", import.meta.url), folder, { recursive: true });
  const journalFile = join(folder, "meta/_journal.json");
  const journal = JSON.parse(readFileSync(journalFile, "utf8")) as { entries: { tag: string }[] };
  const end = journal.entries.findIndex((entry) => entry.tag.endsWith(before));
  writeFileSync(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, end) }));
  return folder;
}

test("logs of before they were kept as bytes are still there, and their days go like others", async () => {
  const database = await openEmptyDatabase();
  const folder = earlierMigrations("logs_in_chunks");
  try {
    const { sql } = database.client;
    await applyMigrations(drizzle(sql), { migrationsFolder: folder });
    const rows = await insertServiceEnvironment(sql, { service: "shop", environment: "staging" });
    const [deployment] = await sql`
      insert into deployments (service_environment_id, kind, sha, subject, author_name, requested_by_name)
      values (${rows.serviceEnvironmentId}, 'deploy', 'abc', 'First', 'Ada', 'Ada') returning id::int`;
    const deploymentId: number = deployment?.id;
    await sql`
      insert into log_chunks (deployment_id, step, first_line, line_count, text, written_at) values
      (${deploymentId}, 'build', 1, 2, ${"größe\ntwo"}, '2021-05-06 23:30+00'),
      (${deploymentId}, 'test', 3, 1, 'three', '2021-05-07 00:10+00')`;
    await migrate(database.url);
    const read = () => readLog(database.ctx, { deploymentId, afterLine: 0, limit: 10 });
    expect((await read()).lines.map((line) => [line.number, line.step, line.text])).toEqual([
      [1, "build", "größe"],
      [2, "build", "two"],
      [3, "test", "three"],
    ]);
    expect(await keepLogDays(database.ctx, 90)).toEqual({ droppedDays: 1 });
    expect((await read()).lines).toEqual([]);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("what routers counted before there were other sources is theirs, and is summed", async () => {
  const database = await openEmptyDatabase();
  const folder = earlierMigrations("telemetry");
  try {
    const { sql } = database.client;
    await applyMigrations(drizzle(sql), { migrationsFolder: folder });
    const rows = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
    const latency = [0, 3, 0, 1_234_567];
    await sql`
      insert into traffic_counts (service_environment_id, begins_at, seconds, release_id, route, half, requests, client_errors,
        server_errors, aborted, strays, latency)
      values (${rows.serviceEnvironmentId}, '2021-05-06 23:59:50+00', 10, 7, '/', 0, 1234570, 1, 2, 3, 4, ${latency}),
        (${rows.serviceEnvironmentId}, '2021-05-07 00:00+00', 10, 7, '/', 0, 1, 0, 0, 0, 0, '{}')`;
    await sql`
      insert into traffic_counts (service_environment_id, begins_at, seconds, release_id, route, half, requests, client_errors,
        server_errors, aborted, strays)
      select ${rows.serviceEnvironmentId}, '2021-05-07 00:01+00', 1, 7, '/' || number, 0, 1, 0, 0, 0, 0
      from generate_series(1, 500) as number`;
    await migrate(database.url);
    const [first] = await sql`select *, latency::text from request_counts order by begins_at`;
    expect(first).toMatchObject({ source: "router", requests: 1_234_570, client_errors: 1, strays: 4 });
    expect(unpackSlots(first?.latency)).toEqual(latency);
    await sumDue(database.ctx);
    const sums = await sql`select requests::int from request_minutes where route = '' order by begins_at`;
    expect([...sums]).toEqual([{ requests: 1_234_570 }, { requests: 1 }, { requests: 500 }]);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
