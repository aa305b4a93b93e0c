import { eq, sql } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deployments, steps } from "#db/schema/deployments.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { isFinished } from "#server/domain/deployment.ts";
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

/** What may happen in any order; the number chooses the service environment, the worker or the lease it acts with. */
const events = [
  "request",
  "switch-back",
  "claim",
  "renew",
  "step",
  "cancel",
  "crash",
  "reap",
  "switch",
  "end",
] as const;
const eventArbitrary = fc.record({ event: fc.constantFrom(...events), pick: fc.nat({ max: 5 }) });

test("whatever happens in whatever order, nothing is lost, doubled or written by a former holder", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(eventArbitrary, { minLength: 1, maxLength: 4 }), { maxLength: 14 }),
      async (rounds) => {
        await database.ctx.db.delete(deployments);
        const leases: Lease[] = [];
        // Those of one round happen at the same time.
        for (const round of rounds) {
          await Promise.all(round.map(({ event, pick }) => happen(event, pick, leases)));
          await expectSound();
        }
        await expectAllToEnd();
      },
    ),
    { numRuns: 40 },
  );
});

async function happen(event: (typeof events)[number], pick: number, leases: Lease[]): Promise<void> {
  const { ctx } = database;
  const lease = leases[pick % Math.max(1, leases.length)];
  const attempt = (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
    });
  if (event === "request") await requestSample(database.ctx, serviceEnvironmentIds[pick % 2] ?? 0);
  else if (event === "switch-back")
    await requestSample(database.ctx, serviceEnvironmentIds[pick % 2] ?? 0, "switch-back");
  else if (event === "claim") {
    const claimed = await claim(ctx, { workerId: workerIds[pick % 3] ?? 0 });
    if (claimed !== null) leases.push(claimed);
  } else if (event === "reap") await reapAll();
  else if (lease === undefined) return;
  else if (event === "renew") await attempt(renewLease(ctx, lease));
  else if (event === "step") await attempt(startStep(ctx, lease, "build"));
  else if (event === "cancel") await attempt(cancel(ctx, lease));
  else if (event === "crash") await endLease(lease.deploymentId);
  else if (event === "switch") await attempt(markSwitched(ctx, lease).then(() => succeed(ctx, lease)));
  else await attempt(fail(ctx, lease, { step: "build", reason: "It broke." }));
}

/** What the reaper decides is settle-interrupted's test; here every way out is as good as another. */
async function reapAll(): Promise<void> {
  const { ctx } = database;
  for (const { lease, hasSwitched, cancelRequested, status } of await listLost(ctx)) {
    const settle = async () => {
      if (hasSwitched) {
        if (status === "running") await succeed(ctx, lease);
        await endDrain(ctx, lease);
      } else if (cancelRequested) await finishCancel(ctx, lease);
      else await requeue(ctx, lease);
    };
    await settle().catch((error: unknown) => {
      if (!(error instanceof ConflictError)) throw error;
    });
  }
}

async function expectSound(): Promise<void> {
  const rows = await database.ctx.db.select().from(deployments);
  const running = rows.filter((row) => row.status === "running");
  expect(new Set(running.map((row) => row.serviceEnvironmentId)).size).toBe(running.length);
  for (const row of rows) {
    if (row.status === "running") expect(row.leaseWorkerId).not.toBeNull();
    if (row.status === "queued") expect(row.leaseWorkerId).toBeNull();
    if (row.switchedAt !== null) expect(["running", "succeeded"]).toContain(row.status);
    expect(row.finishedAt !== null).toBe(isFinished(row.status));
  }
}

/** Nothing is stuck: with workers that only reap and claim, all of it ends. */
async function expectAllToEnd(): Promise<void> {
  const { ctx } = database;
  for (let round = 0; round < 200; round += 1) {
    await ctx.db
      .update(deployments)
      .set({ leaseExpiresAt: sql`clock_timestamp() - interval '1 second'` })
      .where(sql`lease_expires_at is not null`);
    await reapAll();
    const lease = await claim(ctx, { workerId: workerIds[0] ?? 0 });
    if (lease === null) break;
    await markSwitched(ctx, lease);
    await succeed(ctx, lease);
    await endDrain(ctx, lease);
  }
  const rows = await ctx.db.select().from(deployments);
  expect(rows.filter((row) => !isFinished(row.status))).toEqual([]);
}
