import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { claim } from "./claim.ts";
import { fail } from "./fail.ts";
import { type Lease, LeaseLostError } from "./lease.ts";
import { findMigration } from "./read-migrations.ts";
import { registerWorker } from "./register-worker.ts";
import { requestSample } from "./request-sample.ts";
import { beginMigration, endMigration } from "./run-migration.ts";

/** At most one migration runs in a service environment, whatever became of whoever ran the one before. */
let database: TestDatabase;
let workerId: number;
let services = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  const worker = { name: "one", host: "here", pid: 1, capacity: 99 };
  workerId = (await registerWorker(database.ctx, worker)).id;
});
afterAll(() => database.close());

async function open(): Promise<TrafficRows> {
  services += 1;
  return insertServiceEnvironment(database.client.sql, {
    service: `service-${services}`,
    environment: "staging",
  });
}

async function claimIn({ serviceEnvironmentId }: TrafficRows): Promise<Lease> {
  await requestSample(database.ctx, serviceEnvironmentId);
  const lease = await claim(database.ctx, { workerId });
  if (lease === null) throw new Error("Nothing to claim.");
  return lease;
}

const statuses = async ({ serviceEnvironmentId }: TrafficRows) => {
  const rows = await database.client.sql`
    select status from migration_runs where service_environment_id = ${serviceEnvironmentId} order by id`;
  return rows.map(({ status }) => status);
};

test("of two that begin at the same time, one does, and the other is told", async () => {
  const place = await open();
  const lease = await claimIn(place);
  const both = await Promise.allSettled([1, 2].map(() => beginMigration(database.ctx, lease, place)));
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const refused = both.find((outcome) => outcome.status === "rejected");
  expect(refused?.reason).toMatchObject({
    message: "Another deployment still migrates here, so this one does not.",
  });
  expect(await statuses(place)).toEqual(["running"]);
});

test("what has succeeded is known for its release; what has failed may run again", async () => {
  const place = await open();
  const lease = await claimIn(place);
  const first = await beginMigration(database.ctx, lease, place);
  await endMigration(database.ctx, lease, { ...first, status: "failed", locks: null });
  expect(await findMigration(database.ctx, place)).toBeNull();
  const second = await beginMigration(database.ctx, lease, place);
  expect(await endMigration(database.ctx, lease, { ...second, status: "succeeded", locks: [] })).toBe(true);
  expect(await findMigration(database.ctx, place)).toEqual({ endedAt: expect.any(String) });
});

test("a run whose lease is over counts as interrupted, and its former holder writes nothing more", async () => {
  const place = await open();
  const lease = await claimIn(place);
  const lost = await beginMigration(database.ctx, lease, place);
  await database.client.sql`
    update deployments set lease_expires_at = clock_timestamp() - interval '1 second', status = 'failed',
      finished_at = clock_timestamp() where id = ${lease.deploymentId}`;
  const next = await claimIn(place);
  await beginMigration(database.ctx, next, place);
  expect(await statuses(place)).toEqual(["interrupted", "running"]);
  const late = endMigration(database.ctx, lease, { ...lost, status: "succeeded", locks: null });
  await expect(late).rejects.toBeInstanceOf(LeaseLostError);
  await expect(beginMigration(database.ctx, lease, place)).rejects.toBeInstanceOf(LeaseLostError);
  await fail(database.ctx, next, { step: "migrate", reason: "It broke." });
});
