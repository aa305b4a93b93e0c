import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deployments } from "#db/schema/deployments.ts";
import { serviceEnvironments } from "#db/schema/services.ts";
import { workers } from "#db/schema/workers.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { claim } from "./claim.ts";
import { fail } from "./fail.ts";
import { listActive } from "./list-active.ts";
import { registerWorker } from "./register-worker.ts";
import { requestSample } from "./request-sample.ts";

/** Labels decide which worker takes what; the order of each queue stays. */
let database: TestDatabase;
let places: number[];
const labelsOf = { plain: [], gpu: ["gpu"], both: ["gpu", "arm64"] };
type Name = keyof typeof labelsOf;
const names = Object.keys(labelsOf) as Name[];
const ids = new Map<Name, number>();

beforeAll(async () => {
  database = await openTestDatabase();
  places = [];
  for (const service of ["one", "two", "three"]) {
    const rows = await insertServiceEnvironment(database.client.sql, { service, environment: "staging" });
    places.push(rows.serviceEnvironmentId);
  }
  for (const name of names) {
    const worker = { name, host: "here", pid: 1, capacity: 4, labels: labelsOf[name] };
    ids.set(name, (await registerWorker(database.ctx, worker)).id);
  }
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.ctx.db.delete(deployments);
  for (const place of places) await askFor(place, null);
});

async function askFor(place: number | undefined, workerLabel: string | null): Promise<void> {
  await database.ctx.db
    .update(serviceEnvironments)
    .set({ workerLabel })
    .where(eq(serviceEnvironments.id, place ?? 0));
}

const ask = (place: number | undefined) => requestSample(database.ctx, place ?? 0);
const take = (name: Name) => claim(database.ctx, { workerId: ids.get(name) ?? 0 });

test("a worker takes what asks for none of its labels or one that it has, and passes the rest by", async () => {
  const [one, two, three] = places;
  await askFor(one, "arm64");
  await askFor(two, "gpu");
  const forArm = await ask(one);
  const forGpu = await ask(two);
  const forAny = await ask(three);
  expect((await take("plain"))?.deploymentId).toBe(forAny.id);
  expect(await take("plain")).toBeNull();
  expect((await take("gpu"))?.deploymentId).toBe(forGpu.id);
  expect(await take("gpu")).toBeNull();
  expect((await take("both"))?.deploymentId).toBe(forArm.id);
});

test("what a worker may not take holds up its own queue only, and runs first once it may", async () => {
  const [one, two] = places;
  await askFor(one, "gpu");
  const first = await ask(one);
  const second = await ask(one);
  const elsewhere = await ask(two);
  expect((await take("plain"))?.deploymentId).toBe(elsewhere.id);
  expect(await take("plain")).toBeNull();
  await askFor(one, null);
  const lease = await take("plain");
  expect(lease?.deploymentId).toBe(first.id);
  if (lease !== null) await fail(database.ctx, lease, { step: "build", reason: "It broke." });
  expect((await take("plain"))?.deploymentId).toBe(second.id);
});

test("a switch-back to a pool that stands ready asks for no label, as nothing is started for it", async () => {
  const place = places[0] ?? 0;
  await askFor(place, "gpu");
  const { sql: query } = database.client;
  const [release] = await query`select id::int from releases order by id limit 1`;
  const { id } = await requestSample(database.ctx, place, "switch-back");
  await query`update deployments set release_id = ${release?.id} where id = ${id}`;
  const stand = (status: string, configuration: number | null) => query`
    update pools set status = ${status}, release_id = ${release?.id}, configuration_id = ${configuration}
    where service_environment_id = ${place} and color = 'blue'`;
  const seen = async () => (await listActive(database.ctx)).find((brief) => brief.id === id)?.workerLabel;
  await stand("ending", null);
  expect([await take("plain"), await seen()]).toEqual([null, "gpu"]);
  const [other] = await query`
    insert into configurations (service_environment_id, version, made_by_name) values (${place}, 7, 'Ada') returning id::int`;
  await stand("ready", other?.id);
  expect([await take("plain"), await seen()]).toEqual([null, "gpu"]);
  await stand("ready", null);
  expect(await seen()).toBeNull();
  expect((await take("plain"))?.deploymentId).toBe(id);
});

test("labels come with each registration: those of an earlier life are gone", async () => {
  const worker = { name: "changing", host: "here", pid: 1, capacity: 4 };
  const { id } = await registerWorker(database.ctx, { ...worker, labels: ["gpu"] });
  await registerWorker(database.ctx, worker);
  const [row] = await database.ctx.db.select().from(workers).where(eq(workers.id, id));
  expect(row?.labels).toEqual([]);
});

const events = fc.array(
  fc.oneof(
    fc.record({ ask: fc.nat({ max: 2 }) }),
    fc.record({ take: fc.constantFrom(...names) }),
    fc.record({ label: fc.constantFrom(null, "gpu", "arm64"), at: fc.nat({ max: 2 }) }),
  ),
  { maxLength: 20 },
);

test("whatever is asked for and set, no worker holds what it may not take, and one with all labels ends all", async () => {
  await fc.assert(
    fc.asyncProperty(events, async (list) => {
      await database.ctx.db.delete(deployments);
      for (const event of list) {
        if ("ask" in event) await ask(places[event.ask]);
        else if ("at" in event) await askFor(places[event.at], event.label);
        else await takeRightly(event.take);
      }
      for (let lease = await take("both"); lease !== null; lease = await take("both")) {
        await fail(database.ctx, lease, { step: "build", reason: "It broke." });
      }
      const left = await database.ctx.db
        .select()
        .from(deployments)
        .where(sql`status = 'queued' and not exists (select 1 from deployments running
          where running.service_environment_id = deployments.service_environment_id
            and running.status = 'running')`);
      expect(left).toEqual([]);
    }),
    { numRuns: 30 },
  );
});

async function takeRightly(name: Name): Promise<void> {
  const lease = await take(name);
  if (lease === null) return;
  const [row] = await database.ctx.db
    .select({ label: serviceEnvironments.workerLabel })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .where(eq(deployments.id, lease.deploymentId));
  expect([null, ...labelsOf[name]]).toContain(row?.label);
}
