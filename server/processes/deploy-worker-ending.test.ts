import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { finishRemovals } from "#server/flows/finish-removals.ts";
import { notify } from "#server/kernel/notifications.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { requestRemoval } from "#server/services/services/request-removal.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import { findMarked, startTimeOf } from "#server/services/targets/process-identity.ts";
import { type Lab, type LabService, openLab, until } from "./deploy-worker/testing/open-lab.ts";
import { type State, stateOf } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** How instances end, whatever they have started, and that they stay ended. */
let database: TestDatabase;
let lab: Lab;
let state: State;

beforeAll(async () => {
  database = await openTestDatabase();
  lab = await openLab(database.ctx, database.url);
  state = stateOf(database.client.sql);
});
afterAll(async () => {
  await lab.close();
  await database.close();
});

const node = `"${process.execPath}" dist/server.cjs`;

async function deploy(service: LabService, files: Record<string, string>) {
  const commit = await service.repository.commit(files, "Change");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  return until(
    () => state.deployment(id),
    (row) => !["queued", "running"].includes(row.status) && !row.isHeld,
  );
}

const marked = (worker: string) => findMarked(ownerMarks(lab.dataFolder, worker));

test("a process that has left its group ends with its instance, and with its service", async () => {
  const worker = await lab.startWorker("daemons");
  const service = await lab.addService("daemon");
  const settings = sampleSettings({ start: `(setsid ${node} &); exec sleep 100000`, instances: 1 });
  const row = await deploy(service, sampleFiles({ settings }));
  expect(row).toMatchObject({ status: "succeeded", reason: null });
  expect(marked("daemons")).toHaveLength(2);
  expect(await worker.stop("end")).toBe(0);
  expect(marked("daemons")).toEqual([]);
  const next = await lab.startWorker("daemons");
  await until(
    () => state.liveInstances(service.staging),
    ([instance]) => instance?.status === "healthy",
  );
  expect(marked("daemons")).toHaveLength(2);
  await requestRemoval(database.ctx, "daemon");
  await until(
    () => finishRemovals(database.ctx),
    (slugs) => slugs.includes("daemon"),
  );
  expect(marked("daemons")).toEqual([]);
  expect(await next.stop("end")).toBe(0);
});

test("a start command that ends and leaves a daemon behind fails, and the daemon ends", async () => {
  const worker = await lab.startWorker("leaders");
  const service = await lab.addService("leaderless");
  const settings = sampleSettings({ start: `setsid ${node} & sleep 1`, instances: 1 });
  const row = await deploy(service, sampleFiles({ settings }));
  expect(row).toMatchObject({ status: "failed", failedStep: "verify" });
  expect(row.reason).toContain("exited with code 0");
  expect(marked("leaders")).toEqual([]);
  expect(await worker.stop("end")).toBe(0);
});

test("a worker that takes long to stop stays alive until it has, and starts nothing again", async () => {
  const worker = await lab.startWorker("slow");
  const service = await lab.addService("slow");
  // One of the two ports is even: its instance has to be killed.
  const server = `${sampleFiles()["server.cjs"]}
    if (process.env.PORT % 2 === 0) process.on("SIGTERM", () => console.log("not yet"));`;
  await deploy(service, sampleFiles({ server }));
  const before = await state.liveInstances(service.staging);
  const stubborn = before.find((row) => row.port % 2 === 0);
  const stopped = worker.stop("end");
  await until(
    () => state.liveInstances(service.staging),
    (rows) => rows.some((row) => row.status === "restarting"),
  );
  const [self] = (await listWorkers(database.ctx)).filter(({ name }) => name === "slow");
  await notify(database.ctx, "worker", self?.id ?? 0);
  await until(
    async () => (await listWorkers(database.ctx)).find(({ name }) => name === "slow")?.isAlive,
    (isAlive) => {
      const hasEnded = startTimeOf(stubborn?.pid ?? 0) === null;
      if (isAlive !== true) expect(hasEnded).toBe(true);
      return isAlive !== true;
    },
  );
  expect(await stopped).toBe(0);
  expect(marked("slow")).toEqual([]);
  expect((await state.liveInstances(service.staging)).map((row) => row.pid)).toEqual([null, null]);
}, 60_000);
