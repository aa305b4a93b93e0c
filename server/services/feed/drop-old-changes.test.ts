import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { dropOldChanges } from "./drop-old-changes.ts";
import { publishDeployment } from "./publish.ts";
import { findRevisionBefore, replayedChanges } from "./read-changes.ts";

let database: TestDatabase;
let itemId: number;

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  const rows = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
  const [deployment] = await sql`
    insert into deployments (service_environment_id, kind, sha, subject, author_name, requested_by_name)
    values (${rows.serviceEnvironmentId}, 'deploy', 'abc', 'First', 'Ada', 'Ada') returning id::int`;
  await publishDeployment(database.ctx, deployment?.id, "waiting");
  const [item] = await sql`select id::int from feed_items`;
  itemId = item?.id;
});
afterAll(() => database.close());

/** So many changes of so many days ago, each with the next revision. */
const happened = (count: number, daysAgo: number) => database.client.sql`
  insert into feed_changes (item_id, word, happened_at, revision)
  select ${itemId}, 'started', clock_timestamp() - ${daysAgo} * interval '1 day', nextval('feed_revision')
  from generate_series(1, ${count})`;
const kept = async () => {
  const [row] = await database.client.sql`
    select count(*)::int as all, count(*) filter (where happened_at < now() - interval '14 days')::int as old
    from feed_changes`;
  return row;
};

test("what channels have still to be told of stays", async () => {
  await database.client.sql`delete from feed_changes`;
  await happened(1_500, 30);
  expect(await dropOldChanges(database.ctx, 14)).toBe(0);
  await database.client
    .sql`update broadcast_progress set revision = (select min(revision) + 99 from feed_changes)`;
  expect(await dropOldChanges(database.ctx, 14)).toBe(100);
  await database.client.sql`update broadcast_progress set revision = 1000000`;
});

test("the newest stay however old they are, since streams go on from them", async () => {
  await database.client.sql`delete from feed_changes`;
  await happened(3_500, 30);
  const before = await findRevisionBefore(database.ctx, replayedChanges);
  expect(await dropOldChanges(database.ctx, 14)).toBe(2_500);
  expect(await kept()).toEqual({ all: 1_000, old: 1_000 });
  expect(await findRevisionBefore(database.ctx, replayedChanges)).toBe(before);
  expect(await dropOldChanges(database.ctx, 14)).toBe(0);
});

test("what is old goes once it is not among the newest, and what is young stays", async () => {
  await happened(1_200, 13);
  expect(await dropOldChanges(database.ctx, 14)).toBe(1_000);
  expect(await kept()).toEqual({ all: 1_200, old: 0 });
});
