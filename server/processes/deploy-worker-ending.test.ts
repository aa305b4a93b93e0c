import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { finishRemovals } from "#server/flows/finish-removals.ts";
import { notify } from "#server/kernel/notifications.ts";
import { findMarked, startTimeOf } from "#server/kernel/process-identity.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { requestRemoval } from "#server/services/services/request-removal.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import { until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

vi.setConfig({ testTimeout: 60_000 });

/** How instances end, whatever they have started, and that they stay ended. */
const { database, lab, state, deploy } = await openTestLab();

const node = `"${process.execPath}" dist/server.cjs`;

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

test("what a removed service has left goes, and nothing of another", async () => {
  const worker = await lab.startWorker("cleaning");
  const service = await lab.addService("reborn");
  const kept = await lab.addService("kept");
  await deploy(service, sampleFiles());
  await deploy(kept, sampleFiles());
  const folders = ["releases", "homes", "logs/instances"].map((name) => join(lab.dataFolder, name));
  for (const folder of folders) expect(existsSync(join(folder, "reborn"))).toBe(true);
  await requestRemoval(database.ctx, "reborn");
  await until(
    () => finishRemovals(database.ctx),
    (slugs) => slugs.includes("reborn"),
  );
  await until(
    async () =>
      folders.filter((folder) => readdirSync(folder).some((name) => !/^(kept|instances)$/.test(name))),
    (left) => left.length === 0,
  );
  for (const folder of folders) expect(existsSync(join(folder, "kept"))).toBe(true);
  expect(await worker.stop("end")).toBe(0);
});

test("a service that takes the name of a removed one runs its own #1, whatever lies there still", async () => {
  const worker = await lab.startWorker("heir");
  const service = await lab.addService("heir");
  await deploy(service, sampleFiles());
  const releases = join(lab.dataFolder, "releases");
  await cp(join(releases, "heir"), join(lab.dataFolder, "copy"), { recursive: true });
  await requestRemoval(database.ctx, "heir");
  await until(
    () => finishRemovals(database.ctx),
    (slugs) => slugs.includes("heir"),
  );
  await rm(join(lab.dataFolder, "repositories/heir"), { recursive: true });
  const again = await lab.addService("heir");
  await cp(join(lab.dataFolder, "copy"), join(releases, "heir"), { recursive: true });
  const server = sampleFiles()["server.cjs"]?.replace('" " + process.pid', '" of the heir"');
  await deploy(again, sampleFiles({ server: server ?? "" }));
  const [instance] = await state.liveInstances(again.staging);
  expect(await (await fetch(`http://127.0.0.1:${instance?.port}/`)).text()).toBe("1 of the heir");
  expect(await worker.stop("end")).toBe(0);
});

test("workspaces of workers that were killed go when the next one starts, those that are in use stay", async () => {
  const victim = await lab.startWorker("workspaces");
  const service = await lab.addService("workspaces");
  const settings = sampleSettings({ build: "echo begun; sleep 600" });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Slow");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    () => state.log(id),
    (text) => text.includes("\nbegun"),
  );
  const workspaces = join(lab.dataFolder, "workspaces");
  await mkdir(join(workspaces, "7777-1"));
  const other = await lab.startWorker("beside");
  await until(
    async () => readdirSync(workspaces),
    (names) => names.join() === `${id}-1`,
  );
  await victim.kill("SIGKILL");
  expect(await other.stop("end")).toBe(0);
  // Its next life takes the deployment up again at once, in a workspace of its own.
  const next = await lab.startWorker("workspaces");
  await until(
    async () => readdirSync(workspaces),
    (names) => names.join() === `${id}-2`,
  );
  await cancel(database.ctx, { deploymentId: id });
  await until(
    async () => readdirSync(workspaces),
    (names) => names.length === 0,
  );
  expect(await next.stop("end")).toBe(0);
});

test("a start command that ends and leaves a daemon behind fails, and the daemon ends", async () => {
  const worker = await lab.startWorker("leaders");
  const service = await lab.addService("leaderless");
  const settings = sampleSettings({ start: `setsid ${node} & sleep 0.2`, instances: 1 });
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
});
