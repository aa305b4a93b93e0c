import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertInstance, insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { type DeploymentEvent, mayHappen, transitions } from "#server/domain/deployment.ts";
import { poolColors } from "#server/domain/pools.ts";
import { type Deed, findViolations, holds, type Snapshot } from "./testing/queue-model.ts";
import {
  openQueuePlay,
  type QueueEvent,
  type QueuePlay,
  queueEvents,
  unfinishedOf,
} from "./testing/queue-play.ts";

/** The queue's verbs against PostgreSQL, in whatever order and however many at once. Failures print their seed. */
let database: TestDatabase;
let play: QueuePlay;

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  const places = await Promise.all(
    ["one", "two"].map(async (service) => {
      const rows = await insertServiceEnvironment(sql, { service, environment: "staging" });
      for (const pool of poolColors) await insertInstance(sql, rows, { pool, port: 4_000 });
      return { service, ...rows };
    }),
  );
  play = await openQueuePlay(database.ctx, sql, places);
});
afterAll(() => database.close());

const bounds = { interruptAfterTimeLimit: 12_000, numRuns: 150 };
// Mostly of what is newest, so that much of it comes to one deployment and its leases.
const pick = fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 5 }) });
const event = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<QueueEvent>("request", "claim") },
  { weight: 2, arbitrary: fc.constantFrom(...queueEvents) },
);
const happening = fc.record({ event, pick });
/** What chance alone rarely strings together: a worker that dies on its way. */
const deathOfAWorker = (["claim", "startMigrate", "crash", "reap"] as const).map((event) => ({
  event,
  pick: 0,
}));

test("alone, each does exactly what the table of transitions says", async () => {
  const part = fc.oneof(
    { weight: 6, arbitrary: happening.map((one) => [one]) },
    { weight: 1, arbitrary: fc.constant(deathOfAWorker) },
  );
  const happenings = fc.array(part, { maxLength: 30, size: "max" }).map((parts) => parts.flat());
  await fc.assert(
    fc.asyncProperty(happenings, async (happenings) => {
      await play.reset();
      let before = await play.look();
      for (const { event, pick } of happenings) {
        const deeds = await play.choose(event, pick).happen();
        const after = await play.look();
        expect(findViolations(before, deeds, after)).toEqual([]);
        for (const deed of deeds) expect(deed).toMatchObject({ done: isForeseen(deed, before) });
        before = after;
      }
    }),
    bounds,
  );
});

test("at once, in whatever order: nothing is lost, stuck, doubled, overtaken or written by a former holder", async () => {
  const round = fc.array(happening, { minLength: 1, maxLength: 5 });
  const part = fc.oneof(
    { weight: 6, arbitrary: round.map((one) => [one]) },
    { weight: 1, arbitrary: fc.constant(deathOfAWorker.map((one) => [one])) },
  );
  const rounds = fc.array(part, { maxLength: 15, size: "max" }).map((parts) => parts.flat());
  await fc.assert(
    fc.asyncProperty(rounds, async (rounds) => {
      await play.reset();
      let before = await play.look();
      for (const round of rounds) {
        const deeds = await allAtOnce(round);
        const after = await play.look();
        expect(findViolations(before, deeds, after)).toEqual([]);
        before = after;
      }
      await play.goOnToTheEnd();
      expect(unfinishedOf(await play.look())).toEqual([]);
    }),
    bounds,
  );
});

/** Those of one actor one after the other, as a worker does, all others together on connections of their own. */
async function allAtOnce(round: readonly { event: QueueEvent; pick: number }[]): Promise<Deed[]> {
  const chosen = round.map(({ event, pick }) => play.choose(event, pick));
  const byActor = Map.groupBy(chosen, ({ actor }) => actor);
  const done = await Promise.all(
    [...byActor.values()].map(async (turns) => {
      const deeds: Deed[] = [];
      for (const { happen } of turns) deeds.push(...(await happen()));
      return deeds;
    }),
  );
  return done.flat();
}

/** Whether the rules let it happen, where nothing else happens meanwhile. */
function isForeseen({ event, deploymentId, lease }: Deed, before: Snapshot): boolean {
  const row = before.rows.get(deploymentId);
  if (row === undefined) return event === "request";
  if (lease !== null && !holds(lease, row)) return false;
  const state = { status: row.status, hasSwitched: row.hasSwitched, cancelRequested: row.cancelRequested };
  if (event === "cancel") return mayHappen("cancelQueued", state) || mayHappen("requestCancel", state);
  return event in transitions ? mayHappen(event as DeploymentEvent, state) : true;
}
