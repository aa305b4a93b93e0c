import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { referenceFigures } from "#db/testing/insight-reference.ts";
import { insertRelease, insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import type { Context } from "#server/kernel/context.ts";
import { readInsights } from "./read-insights.ts";
import { rollUp } from "./roll-up.ts";

let database: TestDatabase;
let ctx: Context;
const now = new Date("2026-06-15T12:00:00Z");
const hourMs = 3_600_000;
let stories = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  ctx = { ...database.ctx, now: () => now };
});
afterAll(() => database.close());

interface Switch {
  place: number;
  kind: string;
  release: number;
  /** Hours after the switch before it. */
  after: number;
  commits: number | null;
  lines: number;
  ages: number[];
}
interface Incident {
  place: number;
  /** Which of the deployments so far; null for none. */
  of: number | null;
  mitigatedBy: number | null;
  begins: number;
  detected: number;
  mitigated: number | null;
  recovered: number | null;
  state: string;
}
type Event =
  | ({ what: "switch" } & Switch)
  | ({ what: "incident" } & Incident)
  | { what: "dismiss" | "end"; of: number }
  | { what: "review"; of: number; state: string }
  | { what: "roll-up" };

const place = fc.integer({ min: 0, max: 2 });
const any = fc.integer({ min: 0, max: 30 });
const minutes = fc.integer({ min: 0, max: 3_000 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant("switch" as const),
      place,
      kind: fc.constantFrom(
        "deploy",
        "deploy",
        "promote",
        "switch-back",
        "switch-back",
        "roll-forward",
        "restart",
        "configure",
      ),
      release: fc.integer({ min: 0, max: 3 }),
      after: fc.integer({ min: 1, max: 200 }),
      commits: fc.option(fc.integer({ min: 0, max: 30 })),
      lines: fc.integer({ min: 0, max: 3_000 }),
      ages: fc.array(fc.integer({ min: 0, max: 10_000_000 }), { maxLength: 5 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant("incident" as const),
      place,
      of: fc.option(any),
      mitigatedBy: fc.option(any),
      begins: fc.integer({ min: 0, max: 2_000 }),
      detected: minutes,
      mitigated: fc.option(minutes),
      recovered: fc.option(minutes),
      state: fc.constantFrom("recovered", "recovered", "dismissed"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom("dismiss" as const, "end" as const), of: any }) },
  {
    weight: 2,
    arbitrary: fc.record({
      what: fc.constant("review" as const),
      of: any,
      state: fc.constantFrom("open", "watched", "unwatched"),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ what: "roll-up" as const }) },
);

/** Two services of a team and one of another, in an environment of their own. */
async function openStory() {
  const { sql } = database.client;
  const name = `story-${++stories}`;
  await sql`insert into teams (name) values (${`${name} a`}), (${`${name} b`})`;
  const places: { id: number; releases: number[] }[] = [];
  for (const at of [0, 1, 2]) {
    const rows = await insertServiceEnvironment(sql, { service: `${name}-${at}`, environment: name });
    const releases = [rows.releaseId];
    for (let more = 0; more < 3; more += 1) {
      releases.push(await insertRelease(sql, { releaseId: releases.at(-1) as number }));
    }
    await sql`update services set team = ${`${name} ${at < 2 ? "a" : "b"}`} where slug = ${`${name}-${at}`}`;
    places.push({ id: rows.serviceEnvironmentId, releases });
  }
  return {
    name,
    places,
    deployments: [] as { id: number; place: number }[],
    at: Date.parse("2025-11-20T00:00:00Z"),
  };
}
type Story = Awaited<ReturnType<typeof openStory>>;

async function tell(story: Story, event: Event): Promise<void> {
  const { sql } = database.client;
  /** What is tied to an incident was deployed where it was felt. */
  const deployment = (of: number | null, place?: number) => {
    const known = story.deployments.filter((one) => place === undefined || one.place === place);
    return of === null || known.length === 0 ? null : known[of % known.length];
  };
  if (event.what === "roll-up") return void (await rollUp(ctx, 7));
  if (event.what === "switch") return await switchTo(story, event);
  if (event.what === "incident") {
    const place = story.places[event.place]?.id ?? 0;
    const begins = Date.parse("2025-11-20T00:00:00Z") + event.begins * hourMs;
    const moment = (after: number | null) =>
      after === null ? null : new Date(begins + after * 60_000).toISOString();
    const state = event.state === "recovered" && event.recovered === null ? "dismissed" : event.state;
    await sql`
      insert into incidents (service_environment_id, state, source, title, deployment_id, mitigating_deployment_id,
        began_at, detected_at, mitigated_at, recovered_at)
      values (${place}, ${state}, 'person', 'Slow', ${deployment(event.of, place)?.id ?? null},
        ${deployment(event.mitigatedBy, place)?.id ?? null}, ${moment(0)}, ${moment(event.detected)},
        ${moment(event.mitigated)}, ${state === "recovered" ? moment(event.recovered) : null})`;
    return;
  }
  const known = deployment(event.of);
  if (known == null) return;
  if (event.what === "review") {
    await sql`
      insert into health_reviews (deployment_id, service_environment_id, release_id, opened_at, watch_until, state, watched_at)
      select id, service_environment_id, release_id, switched_at, switched_at, ${event.state},
        case when ${event.state === "watched"} then switched_at end
      from deployments where id = ${known.id}
      on conflict (deployment_id) do update set state = excluded.state, watched_at = excluded.watched_at`;
  } else {
    // Found out later to be none, or to be over only now.
    await sql`
      update incidents set state = ${event.what === "end" ? "recovered" : "dismissed"},
        recovered_at = ${event.what === "end" ? sql`began_at + interval '5 hours'` : null}
      where deployment_id = ${known.id}`;
  }
}

async function switchTo(story: Story, { place: at, kind, release, after, ...batch }: Switch): Promise<void> {
  const { sql } = database.client;
  const place = story.places[at];
  const releaseId = place?.releases[release];
  if (place === undefined || releaseId === undefined) return;
  story.at += after * hourMs;
  const switchedAt = new Date(story.at).toISOString();
  const [row] = await sql`
    insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id, previous_release_id,
      requested_by_name, switched_at, finished_at)
    select ${place.id}, ${kind}, 'succeeded', 'abc', 'It', 'Ada', ${releaseId}, (
        select release_id from deployments where service_environment_id = ${place.id} order by switched_at desc limit 1),
      'Ada', ${switchedAt}, ${switchedAt}
    returning id::int`;
  story.deployments.push({ id: row?.id, place: place.id });
  const committed = batch.ages.map((age) => new Date(story.at - age * 1_000).toISOString());
  if (kind !== "restart") {
    await sql`
      insert into deployment_batches (deployment_id, service_environment_id, switched_at, commits, lines_changed, committed_at)
      values (${row?.id}, ${place.id}, ${switchedAt}, ${batch.commits}, ${batch.commits === null ? null : batch.lines},
        ${`{${committed.join(",")}}`}::text::timestamptz[])`;
  }
}

async function rollUpAll(): Promise<void> {
  while ((await rollUp(ctx)) > 0);
}

const ranges = [
  { from: "2025-12-01", to: "2025-12-20" },
  { from: "2025-11-23", to: "2026-03-08" },
  { from: "2025-09-17", to: "2026-06-15" },
];

test("what is added up is what happened, in whatever order it is told", { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 60 }), async (events) => {
      const story = await openStory();
      for (const event of events) await tell(story, event);
      await rollUpAll();
      for (const range of ranges) {
        for (const scope of [{}, { team: `${story.name} a` }, { service: `${story.name}-2` }]) {
          const query = { environment: story.name, ...scope, ...range };
          const insights = await readInsights(ctx, query);
          expect(insights.total).toMatchObject(await referenceFigures(database.client.sql, query));
          for (const { from, to, figures } of insights.periods.slice(0, 3)) {
            const asked = { ...query, from, to };
            const {
              byCommits: _,
              byLines: __,
              ...expected
            } = await referenceFigures(database.client.sql, asked);
            expect(figures).toMatchObject(expected);
          }
        }
      }
    }),
    { numRuns: 20, endOnFailure: true },
  );
});

test("several who add up at once come to the same, and what is told meanwhile is not lost", async () => {
  const story = await openStory();
  const telling = (async () => {
    for (let n = 0; n < 40; n += 1) {
      await switchTo(story, {
        place: n % 3,
        kind: "deploy",
        release: n % 4,
        after: 5,
        commits: 1,
        lines: 1,
        ages: [60],
      });
    }
  })();
  const adding = Array.from({ length: 4 }, async () => {
    for (let round = 0; round < 15; round += 1) await rollUp(ctx, 3);
  });
  await Promise.all([telling, ...adding]);
  await rollUpAll();
  const query = { environment: story.name, from: "2025-11-01", to: "2026-01-31" };
  const { total } = await readInsights(ctx, query);
  expect(total).toMatchObject(await referenceFigures(database.client.sql, query));
  expect(total.deployments).toBe(40);
});

test("a removed service takes its part of the whole with it", async () => {
  const story = await openStory();
  for (const place of [0, 1]) {
    await switchTo(story, { place, kind: "deploy", release: 0, after: 5, commits: 1, lines: 1, ages: [60] });
  }
  await rollUpAll();
  const query = { environment: story.name, from: "2025-11-01", to: "2026-01-31" };
  expect((await readInsights(ctx, query)).total).toMatchObject({ deployments: 2, leadTime: { n: 2 } });
  await database.client.sql`delete from services where slug = ${`${story.name}-0`}`;
  await rollUpAll();
  expect((await readInsights(ctx, query)).total).toMatchObject({ deployments: 1, leadTime: { n: 1 } });
});
