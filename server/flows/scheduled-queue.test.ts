import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deployments } from "#db/schema/deployments.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { claim } from "#server/services/deployments/claim.ts";
import { fail } from "#server/services/deployments/fail.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { requestSample } from "#server/services/deployments/request-sample.ts";
import { readQueuePlace } from "./read-queue-place.ts";

/** Deployments for now and for later in one queue: who is taken when. */
let database: TestDatabase;
let rows: TrafficRows;

beforeAll(async () => {
  database = await openTestDatabase();
  rows = await insertServiceEnvironment(database.client.sql, { service: "one", environment: "staging" });
});
afterAll(() => database.close());

/** Minutes from a common moment; `reached` null is one whose time has still to come. */
interface Asked {
  requested: number;
  scheduled: { reached: number | null } | null;
}

const minute = fc.integer({ min: 0, max: 9 });
const asked = fc.record({
  requested: minute,
  scheduled: fc.option(fc.record({ reached: fc.option(minute) })),
});

test("whatever is asked for now or for later, each is taken in the order in which it joined, and never before its time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(asked, { maxLength: 6 }), async (all) => {
      await database.ctx.db.delete(deployments);
      const ids: number[] = [];
      for (const one of all) ids.push(await ask(one));
      const joinedAt = ({ requested, scheduled }: Asked) => scheduled?.reached ?? requested;
      const ready = all
        .map((one, index) => ({ id: ids[index] ?? 0, one }))
        .filter(({ one }) => one.scheduled === null || one.scheduled.reached !== null)
        .toSorted((a, b) => joinedAt(a.one) - joinedAt(b.one) || a.id - b.id)
        .map(({ id }) => id);
      await expectEachToSayWhoGoesFirst(ready);
      expect(await takeAll()).toEqual(ready);
    }),
    { numRuns: 15 },
  );
});

async function ask({ requested, scheduled }: Asked): Promise<number> {
  const { id } = await requestSample(database.ctx, rows.serviceEnvironmentId);
  const { sql } = database.client;
  const at = (minutes: number) => sql`'2026-01-01T00:00:00Z'::timestamptz + ${minutes} * interval '1 minute'`;
  await sql`update deployments set requested_at = ${at(requested)} where id = ${id}`;
  if (scheduled !== null) await sql`update deployments set scheduled_for = ${at(20)} where id = ${id}`;
  if (scheduled?.reached != null) {
    await sql`update deployments set schedule_reached_at = ${at(scheduled.reached)} where id = ${id}`;
  }
  return id;
}

async function expectEachToSayWhoGoesFirst(ready: readonly number[]): Promise<void> {
  const listed = (await listActive(database.ctx)).map(({ id }) => id).filter((id) => ready.includes(id));
  expect(listed).toEqual(ready);
  for (const [index, id] of ready.entries()) {
    const place = await readQueuePlace(database.ctx, await getDeployment(database.ctx, id));
    expect(place).toMatchObject({ position: index + 1 });
    expect(place?.ahead?.id).toBe(ready[index - 1]);
  }
}

async function takeAll(): Promise<number[]> {
  const taken: number[] = [];
  for (;;) {
    const lease = await claim(database.ctx, { workerId: rows.workerId });
    if (lease === null) return taken;
    taken.push(lease.deploymentId);
    await fail(database.ctx, lease, { step: "build", reason: "It broke." });
  }
}
