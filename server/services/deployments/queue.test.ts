import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deployments, steps } from "#db/schema/deployments.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { cancel } from "./cancel.ts";
import { claim } from "./claim.ts";
import { endDrain } from "./end-drain.ts";
import { fail } from "./fail.ts";
import { finishCancel } from "./finish-cancel.ts";
import { finishStep } from "./finish-step.ts";
import { type Lease, LeaseLostError } from "./lease.ts";
import { listLost } from "./list-interrupted.ts";
import { markSwitched } from "./mark-switched.ts";
import { registerWorker } from "./register-worker.ts";
import { renewLease } from "./renew-lease.ts";
import { requestSample } from "./request-sample.ts";
import { requeue } from "./requeue.ts";
import { startStep } from "./start-step.ts";
import { succeed } from "./succeed.ts";

let database: TestDatabase;
const serviceEnvironmentIds: number[] = [];
let workerIds: number[];

beforeAll(async () => {
  database = await openTestDatabase();
  const { ctx } = database;
  for (const service of ["one", "two"]) {
    const rows = await insertServiceEnvironment(database.client.sql, { service, environment: "staging" });
    serviceEnvironmentIds.push(rows.serviceEnvironmentId);
  }
  workerIds = await Promise.all(
    ["first", "second", "third"].map(async (name) => {
      const worker = await registerWorker(ctx, { name, host: "here", pid: 1, capacity: 4 });
      return worker.id;
    }),
  );
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.ctx.db.delete(deployments);
});

async function claimOne(worker = 0): Promise<Lease> {
  const lease = await claim(database.ctx, { workerId: workerIds[worker] ?? 0 });
  if (lease === null) throw new Error("Nothing to claim.");
  return lease;
}

function endLease(deploymentId: number) {
  return database.ctx.db
    .update(deployments)
    .set({ leaseExpiresAt: sql`clock_timestamp() - interval '1 second'` })
    .where(eq(deployments.id, deploymentId));
}

async function statusOf(id: number) {
  const [row] = await database.ctx.db.select().from(deployments).where(eq(deployments.id, id));
  return row?.status;
}

test("one runs per service environment, the others wait in order, a switch-back goes first", async () => {
  const [one = 0, two = 0] = serviceEnvironmentIds;
  const first = await requestSample(database.ctx, one);
  const second = await requestSample(database.ctx, one);
  const back = await requestSample(database.ctx, one, "switch-back");
  const other = await requestSample(database.ctx, two);
  const claimed = await claimOne();
  expect(claimed.deploymentId).toBe(back.id);
  expect((await claimOne()).deploymentId).toBe(other.id);
  expect(await claim(database.ctx, { workerId: workerIds[0] ?? 0 })).toBeNull();
  await fail(database.ctx, claimed, { step: "build", reason: "It broke." });
  expect((await claimOne()).deploymentId).toBe(first.id);
  expect(await statusOf(second.id)).toBe("queued");
});

test("many claimers at once take each deployment once", async () => {
  const [one = 0, two = 0] = serviceEnvironmentIds;
  await Promise.all([
    requestSample(database.ctx, one),
    requestSample(database.ctx, one),
    requestSample(database.ctx, two),
    requestSample(database.ctx, two),
  ]);
  const leases = await Promise.all(
    Array.from({ length: 24 }, (_, index) => claim(database.ctx, { workerId: workerIds[index % 3] ?? 0 })),
  );
  const claimed = leases.filter((lease) => lease !== null);
  expect(claimed).toHaveLength(2);
  expect(new Set(claimed.map((lease) => lease.deploymentId)).size).toBe(2);
});

test("a holder whose lease is over writes nothing any more", async () => {
  const { ctx } = database;
  await requestSample(database.ctx, serviceEnvironmentIds[0] ?? 0);
  const lost = await claimOne(0);
  await finishStep(ctx, lost, { name: "checkout", status: "succeeded", detail: null });
  await startStep(ctx, lost, "build");
  await endLease(lost.deploymentId);
  await expect(renewLease(ctx, lost)).rejects.toThrow(LeaseLostError);
  const [interrupted] = await listLost(ctx);
  expect(interrupted).toMatchObject({ step: "build", hasSwitched: false });
  if (interrupted === undefined) return;
  await requeue(ctx, interrupted.lease);
  const next = await claimOne(1);
  expect(next.deploymentId).toBe(lost.deploymentId);
  expect(next.leaseNumber).toBe(lost.leaseNumber + 1);
  for (const write of [
    () => renewLease(ctx, lost),
    () => startStep(ctx, lost, "test"),
    () => finishStep(ctx, lost, { name: "build", status: "succeeded", detail: null }),
    () => markSwitched(ctx, lost),
    () => succeed(ctx, lost),
    () => fail(ctx, lost, { step: "build", reason: "It broke." }),
    () => requeue(ctx, lost),
  ]) {
    await expect(write()).rejects.toThrow(ConflictError);
  }
  const rows = await ctx.db.select().from(steps).where(eq(steps.deploymentId, lost.deploymentId));
  const ofTheFirst = rows.filter((row) => row.status !== "pending").map((row) => [row.name, row.status]);
  expect(ofTheFirst.toSorted()).toEqual([
    ["build", "running"],
    ["checkout", "succeeded"],
  ]);
});

test("a cancel that comes before the switch prevents it; one that comes after is refused with the way forward", async () => {
  const { ctx } = database;
  const [one = 0, two = 0] = serviceEnvironmentIds;
  await requestSample(database.ctx, one);
  await requestSample(database.ctx, two);
  const early = await claimOne();
  expect(await cancel(ctx, { deploymentId: early.deploymentId })).toEqual({ status: "running" });
  await expect(markSwitched(ctx, early)).rejects.toThrow(ConflictError);
  await finishCancel(ctx, early);
  expect(await statusOf(early.deploymentId)).toBe("cancelled");
  const late = await claimOne();
  await markSwitched(ctx, late);
  await expect(cancel(ctx, { deploymentId: late.deploymentId })).rejects.toThrow("Switch back");
  await succeed(ctx, late);
  await endDrain(ctx, late);
  await expect(cancel(ctx, { deploymentId: late.deploymentId })).rejects.toThrow("over");
});
