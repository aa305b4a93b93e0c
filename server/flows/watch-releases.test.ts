import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertRelease, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { packSlots, slotOf } from "#server/domain/latency-slots.ts";
import { verdictSentence } from "#server/domain/review.ts";
import type { SignalSource } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";
import { listOpenReviews, readReview } from "#server/services/health/read-review.ts";
import { signOff } from "#server/services/health/sign-off.ts";
import { readReviewPage } from "./read-review-page.ts";
import { WatchReleases } from "./watch-releases.ts";

let database: TestDatabase;
let ctx: Context;
let now: Date;
let rows: TrafficRows;
let newReleaseId: number;
let services = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  ctx = { ...database.ctx, now: () => now };
});
afterAll(() => database.close());

beforeEach(async () => {
  const { sql } = database.client;
  rows = await insertServiceEnvironment(sql, { service: `s${++services}`, environment: "production" });
  await sql`update environments set is_production = true`;
  newReleaseId = await insertRelease(sql, rows);
  now = new Date(Math.floor(Date.now() / 10_000) * 10_000);
});

/** Past the verbs: switched so many minutes ago. */
async function switched(minutesAgo: number, requestedBy: number | null = null): Promise<number> {
  const { sql } = database.client;
  const at = new Date(now.getTime() - minutesAgo * 60_000);
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, previous_release_id,
      requested_by, requested_by_name, started_at, switched_at, finished_at)
    values (${rows.serviceEnvironmentId}, 'deploy', 'succeeded', 'abc', 'Change it', 'Ada', ${newReleaseId}, ${rows.releaseId},
      ${requestedBy}, 'Ada', ${at.toISOString()}, ${at.toISOString()}, ${at.toISOString()}) returning id::int`;
  return row?.id;
}

/** What was served in buckets of ten seconds from `from` to `to` minutes ago. */
async function served(
  from: number,
  to: number,
  releaseId: number,
  {
    requests,
    errors,
    latencyMs = 40,
    byShare = false,
    source = "router",
  }: { requests: number; errors: number; latencyMs?: number; byShare?: boolean; source?: SignalSource },
): Promise<void> {
  const latency = packSlots([...Array.from({ length: slotOf(latencyMs) }, () => 0), requests]);
  await database.client.sql`
    insert into request_counts (service_environment_id, source, begins_at, seconds, release_id, route, half, by_share, requests,
      client_errors, server_errors, aborted, strays, latency)
    select ${rows.serviceEnvironmentId}, ${source}, at, 10, ${releaseId}, '/', 0, ${byShare}, ${requests}, 0, ${errors}, 0, 0, ${latency}
    from generate_series(${new Date(now.getTime() - from * 60_000).toISOString()}::timestamptz,
      ${new Date(now.getTime() - to * 60_000 - 1_000).toISOString()}::timestamptz, '10 s') as at`;
}

const outcomeOf = async (id: number) => (await readReview(ctx, id)).outcome;

test("a release that fails more often than the one before is probably worse, and says by how much", async () => {
  const id = await switched(3);
  await served(33, 3, rows.releaseId, { requests: 200, errors: 2 });
  await served(3, 0, newReleaseId, { requests: 200, errors: 12 });
  await new WatchReleases().round(ctx);
  const outcome = await outcomeOf(id);
  expect(outcome).toMatchObject({
    answer: "worse",
    control: "before-after",
    signal: { kind: "errors" },
    isNoticeable: true,
    ofNew: { requests: 3_600, errors: 216 },
  });
  expect(verdictSentence(outcome, 1)).toBe(
    "Probably worse than #1: errors 6.0 % against 1.0 %, p95 41 ms against 41 ms; 3,600 requests, before and after.",
  );
});

test("side by side it is known for sure, also where both have a bad time", async () => {
  await served(33, 10, rows.releaseId, { requests: 200, errors: 2 });
  for (const releaseId of [rows.releaseId, newReleaseId]) {
    await served(10, 5, releaseId, { requests: 100, errors: 10, byShare: true });
  }
  const id = await switched(5);
  await served(5, 0, newReleaseId, { requests: 200, errors: 20 });
  await new WatchReleases().round(ctx);
  expect(await outcomeOf(id)).toMatchObject({
    answer: "no-worse",
    control: "controlled",
    ofNew: { requests: 3_000, errors: 300 },
    ofOld: { requests: 3_000, errors: 300 },
  });
});

test.each([1, 3, 10, 20])(
  "what was bad %i min before the switch already is not the release",
  async (minutes) => {
    const id = await switched(5);
    await served(35, 5 + minutes, rows.releaseId, { requests: 200, errors: 2 });
    await served(5 + minutes, 5, rows.releaseId, { requests: 200, errors: 20, latencyMs: 90 });
    await served(5, 0, newReleaseId, { requests: 200, errors: 20, latencyMs: 90 });
    await new WatchReleases().round(ctx);
    expect((await outcomeOf(id))?.answer).not.toBe("worse");
  },
);

test("what becomes worse than it was already is the release", async () => {
  const id = await switched(5);
  await served(35, 8, rows.releaseId, { requests: 200, errors: 2 });
  await served(8, 5, rows.releaseId, { requests: 200, errors: 20 });
  await served(5, 0, newReleaseId, { requests: 200, errors: 80 });
  await new WatchReleases().round(ctx);
  expect(await outcomeOf(id)).toMatchObject({ answer: "worse", control: "before-after" });
});

test("one that is slower is worse by its latency, after the first seconds", async () => {
  const id = await switched(5);
  await served(35, 5, rows.releaseId, { requests: 200, errors: 2 });
  await served(5, 4.5, newReleaseId, { requests: 200, errors: 2, latencyMs: 900 });
  await served(4.5, 2, newReleaseId, { requests: 200, errors: 2 });
  const watch = new WatchReleases();
  await watch.round(ctx);
  expect((await outcomeOf(id))?.answer).not.toBe("worse");
  await served(2, 0, newReleaseId, { requests: 200, errors: 2, latencyMs: 90 });
  now = new Date(now.getTime() + 10_000);
  await watch.round(ctx);
  // What it looked at before was not there then: a monitor that begins anew finds all of it.
  await new WatchReleases().round(ctx);
  expect(await outcomeOf(id)).toMatchObject({ answer: "worse", signal: { kind: "latency" } });
});

test("without traffic nothing can be said, and what is as good as before is no worse in time", async () => {
  const id = await switched(20);
  await served(50, 20, rows.releaseId, { requests: 200, errors: 2 });
  await new WatchReleases().round(ctx);
  expect(verdictSentence(await outcomeOf(id), 1)).toContain("Nobody has used it yet");
  await served(20, 0, newReleaseId, { requests: 200, errors: 2 });
  await new WatchReleases().round(ctx);
  expect(await outcomeOf(id)).toMatchObject({ answer: "no-worse", control: "before-after" });
});

test("all of it is of one source, the most trusted one that counted anything", async () => {
  const id = await switched(5);
  await served(35, 5, rows.releaseId, { requests: 200, errors: 2, source: "otlp" });
  await served(5, 0, newReleaseId, { requests: 200, errors: 12, source: "otlp" });
  await served(5, 0, newReleaseId, { requests: 200, errors: 0, source: "prometheus" });
  const watch = new WatchReleases();
  await watch.round(ctx);
  const told = { source: "otlp", answer: "worse", ofNew: { requests: 6_000, errors: 360 } };
  expect(await outcomeOf(id)).toMatchObject(told);
  // What a more trusted one tells of later is not mixed in.
  await served(5, 0, newReleaseId, { requests: 200, errors: 0, source: "router" });
  now = new Date(now.getTime() + 10_000);
  for (const monitor of [watch, new WatchReleases()]) await monitor.round(ctx);
  expect(await outcomeOf(id)).toMatchObject(told);
  const { source, series } = await readReviewPage(ctx, id);
  expect(source).toBe("otlp");
  expect(series.ofNew[0]).toMatchObject({ requests: 600, errors: 36 });
});

test("worse stays, whatever comes after", async () => {
  const id = await switched(10);
  await served(40, 10, rows.releaseId, { requests: 200, errors: 2 });
  await served(10, 5, newReleaseId, { requests: 200, errors: 40 });
  const watch = new WatchReleases();
  const end = now;
  now = new Date(end.getTime() - 5 * 60_000);
  await watch.round(ctx);
  expect(await outcomeOf(id)).toMatchObject({ answer: "worse" });
  now = end;
  await served(5, 0, newReleaseId, { requests: 2_000, errors: 0 });
  await watch.round(ctx);
  expect(await outcomeOf(id)).toMatchObject({ answer: "worse" });
});

test("a review is for another release in production, until somebody says that they watched it", async () => {
  const { sql } = database.client;
  const [user] = await sql`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer') returning id::int`;
  const person = {
    kind: "user",
    id: user?.id,
    name: "Ada",
    email: "ada@example.org",
    role: "engineer",
  } as const;
  const first = await switched(9);
  await sql`update deployments set previous_release_id = release_id where id = ${first}`;
  const id = await switched(4, user?.id);
  await Promise.all(Array.from({ length: 3 }, () => new WatchReleases().round(ctx)));
  await expect(readReview(ctx, first)).rejects.toThrow("not watched");
  const mine = await listOpenReviews({ ...ctx, actor: person });
  expect(mine[0]).toMatchObject({ deploymentId: id, isMine: true, releaseNumber: 2, previousNumber: 1 });
  await signOff({ ...ctx, actor: person }, id);
  await expect(signOff({ ...ctx, actor: person }, id)).rejects.toThrow("already");
  expect(await readReview(ctx, id)).toMatchObject({ state: "watched", watchedByName: "Ada" });
  expect((await readReviewPage(ctx, id)).series).toEqual({ ofNew: [], ofOld: [] });
});

test("the next release ends it, and so does its time: then nobody watched it", async () => {
  const { sql } = database.client;
  const first = await switched(9);
  await new WatchReleases().round(ctx);
  const second = await switched(1);
  await new WatchReleases().round(ctx);
  expect(await readReview(ctx, first)).toMatchObject({ state: "unwatched" });
  expect(await readReview(ctx, second)).toMatchObject({ state: "open" });
  await sql`update health_reviews set watch_until = now() where deployment_id = ${second}`;
  await new WatchReleases().round(ctx);
  expect(await readReview(ctx, second)).toMatchObject({ state: "unwatched" });
});
