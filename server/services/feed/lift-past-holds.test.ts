import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { publicItemOf } from "#server/domain/public-item.ts";
import { systemContext } from "#server/kernel/context.ts";
import { listen } from "#server/kernel/notifications.ts";
import { endHold } from "#server/services/services/end-hold.ts";
import { placeHold } from "#server/services/services/place-hold.ts";
import { liftPastHolds } from "./lift-past-holds.ts";
import { readFeedPage } from "./read-page.ts";
import { renderNote } from "./render-note.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await openTestDatabase();
  await database.client.sql`
    insert into users (id, email, name, role) overriding system value values (7, 'ada@example.org', 'Ada', 'engineer')`;
});
afterAll(() => database.close());
beforeEach(() => database.client.sql`delete from holds`);

const ada = () => ({
  ...database.ctx,
  actor: { kind: "user", id: 7, name: "Ada", email: "ada@example.org", role: "engineer" } as const,
});

async function hold(): Promise<number> {
  const endsAt = new Date(Date.now() + 3_600_000);
  const { id } = await placeHold(ada(), {
    environmentSlug: null,
    serviceSlug: null,
    reason: "Quiet",
    endsAt,
  });
  return id;
}

/** As if its time had run out a moment ago. */
const runOut = (id: number) =>
  database.client.sql`update holds set ends_at = clock_timestamp() - interval '1 second' where id = ${id}`;

async function wordsOf(id: number): Promise<string[]> {
  const rows = await database.client.sql`
    select word from feed_changes join feed_items on feed_items.id = item_id
    where hold_id = ${id} order by revision`;
  return rows.map(({ word }) => word);
}

test("a hold that has run out is told once, and one that lasts is not", async () => {
  const [past, lasting] = [await hold(), await hold()];
  await runOut(past);
  expect([await liftPastHolds(database.ctx), await liftPastHolds(database.ctx)]).toEqual([1, 0]);
  expect([await wordsOf(past), await wordsOf(lasting)]).toEqual([["held", "lifted"], ["held"]]);
  const { rows } = await readFeedPage(database.ctx, "public", { limit: 5 });
  const items = rows.map((row) => publicItemOf(row, renderNote));
  expect(items.map((item) => [item?.title, item?.endedAt === null])).toEqual([
    ["Releases are on hold", true],
    ["Releases go on", false],
  ]);
});

test("one that was ended before its time is told by whoever ended it, and not again", async () => {
  const id = await hold();
  await endHold(ada(), { holdId: id });
  await runOut(id);
  expect(await liftPastHolds(database.ctx)).toBe(0);
  expect(await wordsOf(id)).toEqual(["held", "lifted"]);
});

test("open pages are told of it, too", async () => {
  const id = await hold();
  const told = Promise.withResolvers<string>();
  const listener = await listen(database.client.sql, {
    onNotice: (notice) => notice.topic === "hold" && told.resolve(notice.id),
    onResync: () => undefined,
  });
  await runOut(id);
  await liftPastHolds(database.ctx);
  expect(await told.promise).toBe(String(id));
  await listener.close();
});

test("several monitors at once tell each hold once", async () => {
  const monitors = [openDatabase(database.url), openDatabase(database.url), openDatabase(database.url)];
  const ids: number[] = [];
  for (let placed = 0; placed < 150; placed++) ids.push(await hold());
  for (const id of ids) await runOut(id);
  const rounds = Array.from({ length: 4 }, () =>
    monitors.map(({ db }) => liftPastHolds(systemContext(db, "monitor"))),
  );
  const lifted = await Promise.all(rounds.flat());
  const rest = await liftPastHolds(database.ctx);
  expect(lifted.reduce((sum, count) => sum + count, rest)).toBe(150);
  for (const id of ids) expect([id, await wordsOf(id)]).toEqual([id, ["held", "lifted"]]);
  for (const monitor of monitors) await monitor.close();
});
