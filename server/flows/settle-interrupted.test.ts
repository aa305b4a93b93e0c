import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deployments } from "#db/schema/deployments.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { claim } from "#server/services/deployments/claim.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import type { Lease } from "#server/services/deployments/lease.ts";
import { readInterrupted } from "#server/services/deployments/list-interrupted.ts";
import { markSwitched } from "#server/services/deployments/mark-switched.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { requestSample } from "#server/services/deployments/request-sample.ts";
import { startStep } from "#server/services/deployments/start-step.ts";
import { reapLostDeployments } from "./reap-lost-deployments.ts";
import { settleInterrupted } from "./settle-interrupted.ts";

let database: TestDatabase;
let serviceEnvironmentId: number;
let releaseId: number;
let workerId: number;

beforeAll(async () => {
  database = await openTestDatabase();
  const rows = await insertServiceEnvironment(database.client.sql, {
    service: "one",
    environment: "staging",
  });
  ({ serviceEnvironmentId, releaseId } = rows);
  const worker = { name: "first", host: "here", pid: 1, capacity: 4 };
  workerId = (await registerWorker(database.ctx, worker)).id;
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.ctx.db.delete(deployments);
  await requestSample(database.ctx, serviceEnvironmentId);
});

async function claimAndBuild(): Promise<Lease> {
  const lease = await claim(database.ctx, { workerId });
  if (lease === null) throw new Error("Nothing to claim.");
  await finishStep(database.ctx, lease, { name: "checkout", status: "succeeded", detail: null });
  await startStep(database.ctx, lease, "build");
  return lease;
}

/** As when the worker is killed: nobody renews its lease, and the monitor finds it. */
async function loseWorker(): Promise<void> {
  await database.ctx.db
    .update(deployments)
    .set({ leaseExpiresAt: sql`clock_timestamp() - interval '1 second'` })
    .where(eq(deployments.status, "running"));
  expect(await reapLostDeployments(database.ctx)).toBe(1);
}

async function stopWorker(lease: Lease): Promise<void> {
  const interrupted = await readInterrupted(database.ctx, lease);
  if (interrupted === null) throw new Error("The lease is gone.");
  await settleInterrupted(database.ctx, interrupted);
}

async function read() {
  const [row] = await database.ctx.db.select().from(deployments);
  if (row === undefined) throw new Error("The deployment is gone.");
  return row;
}

test("a deployment whose worker is lost starts again, but not after the third time", async () => {
  for (const attempt of [1, 2]) {
    expect((await claimAndBuild()).leaseNumber).toBe(attempt);
    await loseWorker();
    expect(await read()).toMatchObject({ status: "queued", leaseWorkerId: null });
  }
  await claimAndBuild();
  await loseWorker();
  expect(await read()).toMatchObject({
    status: "failed",
    failedStep: "build",
    failureReason:
      "Its worker was lost in `build`, at attempt 3, so it is not tried again. " +
      "The step may end or overload the worker that runs it.",
    leaseWorkerId: null,
  });
  expect(await claim(database.ctx, { workerId })).toBeNull();
});

test("workers that stop in good order are no fault of a deployment, up to the tenth", async () => {
  for (let attempt = 1; attempt < 10; attempt += 1) {
    await stopWorker(await claimAndBuild());
    expect((await read()).status).toBe("queued");
  }
  await stopWorker(await claimAndBuild());
  expect(await read()).toMatchObject({
    status: "failed",
    failureReason: "It was interrupted in `build`, at attempt 10, so it is not tried again.",
  });
});

test("what was cancelled or has switched ends so, however often its worker was lost", async () => {
  for (let attempt = 1; attempt < 3; attempt += 1) {
    await claimAndBuild();
    await loseWorker();
  }
  const lease = await claimAndBuild();
  await cancel(database.ctx, lease);
  await loseWorker();
  expect(await read()).toMatchObject({ status: "cancelled", failureReason: null });

  await database.ctx.db
    .update(deployments)
    .set({ status: "queued", finishedAt: null, cancelRequestedAt: null });
  await markSwitched(database.ctx, await claimAndBuild());
  await loseWorker();
  expect(await read()).toMatchObject({ status: "succeeded", leaseNumber: 4 });
});

test.each([
  ["Its worker was lost", loseWorker],
  ["It was interrupted", stopWorker],
])("a migration that may not run twice is not run again: %s", async (what, interrupt) => {
  const lease = await claimAndBuild();
  await noteProgress(database.ctx, lease, { releaseId });
  await finishStep(database.ctx, lease, { name: "build", status: "succeeded", detail: null });
  await startStep(database.ctx, lease, "migrate");
  await interrupt(lease);
  const { status, failedStep, failureReason } = await read();
  expect({ status, failedStep }).toEqual({ status: "failed", failedStep: "migrate" });
  expect(failureReason).toBe(
    `${what} while the migration ran, and the migration is not declared repeatable, so it is not run again. ` +
      "Look at its data before you deploy again.",
  );
});
