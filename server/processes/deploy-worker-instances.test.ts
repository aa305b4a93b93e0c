import { expect, test } from "vitest";
import { startTimeOf } from "#server/kernel/process-identity.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import type { InstanceState } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

const { database, lab, state, deploy } = await openTestLab();

async function deployWell(service: LabService, files: Record<string, string>): Promise<number> {
  const { id, reason } = await deploy(service, files);
  expect(reason).toBeNull();
  return id;
}

const isServing = (rows: InstanceState[]) =>
  rows.length === 2 && rows.every((row) => row.status === "healthy");

async function answerOf(instance: InstanceState | undefined): Promise<string> {
  return (await fetch(`http://127.0.0.1:${instance?.port}/`)).text();
}

test("a worker that was killed finds its instances again; one that died meanwhile is started", async () => {
  const worker = await lab.startWorker("adopter");
  const service = await lab.addService("adopted");
  await deployWell(service, sampleFiles());
  const [first, second] = await state.liveInstances(service.staging);
  await worker.kill("SIGKILL");
  expect(await answerOf(first)).toBe(`1 ${first?.pid}`);
  process.kill(second?.pid ?? 0, "SIGKILL");
  const next = await lab.startWorker("adopter");
  const after = await until(
    () => state.liveInstances(service.staging),
    (rows) => isServing(rows) && rows[1]?.pid !== second?.pid,
  );
  expect(after[0]).toEqual(first);
  expect(after[1]).toMatchObject({ port: second?.port, restarts: 1 });
  // An adopted instance is watched like any other.
  process.kill(first?.pid ?? 0, "SIGKILL");
  await until(
    () => state.liveInstances(service.staging),
    (rows) => isServing(rows) && rows[0]?.restarts === 1,
  );
  expect(await next.stop("end")).toBe(0);
});

test("stopped with `keep`, instances serve on; with `end`, they end and start again with the next worker", async () => {
  const worker = await lab.startWorker("stopper");
  const service = await lab.addService("stopped");
  await deployWell(service, sampleFiles());
  const before = await state.liveInstances(service.staging);
  expect(await worker.stop("keep")).toBe(0);
  expect(await answerOf(before[1])).toBe(`1 ${before[1]?.pid}`);
  const next = await lab.startWorker("stopper");
  expect(await state.liveInstances(service.staging)).toEqual(before);
  expect(await next.stop("end")).toBe(0);
  for (const { pid } of before) expect(startTimeOf(pid ?? 0)).toBeNull();
  const third = await lab.startWorker("stopper");
  const after = await until(() => state.liveInstances(service.staging), isServing);
  expect(after.map((row) => row.port)).toEqual(before.map((row) => row.port));
  expect(await third.stop("end")).toBe(0);
});

test("a deployment that runs when its worker stops is queued again, and the next worker finishes it", async () => {
  const worker = await lab.startWorker("handing-on");
  const service = await lab.addService("handed-on");
  const settings = sampleSettings({ build: `test -f ${lab.openFolder}/go || sleep 60; sh build.sh` });
  const commit = await service.repository.commit({ ...sampleFiles({ settings }) }, "Slow");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    () => state.log(id),
    (text) => text.includes("sleep 60"),
  );
  expect(await worker.stop("keep")).toBe(0);
  expect(await state.deployment(id)).toMatchObject({ status: "queued", isHeld: false });
  await service.repository.commit({}, "Only to write the file below into another folder");
  const { writeFile } = await import("node:fs/promises");
  await writeFile(`${lab.openFolder}/go`, "");
  const next = await lab.startWorker("handing-on");
  const over = await until(
    () => state.deployment(id),
    (row) => row.status === "succeeded",
  );
  expect(over.attempt).toBe(2);
  expect(await next.stop("end")).toBe(0);
});

test("instances that no row names any more are ended by the next worker", async () => {
  const worker = await lab.startWorker("cleaner");
  const service = await lab.addService("cleaned");
  await deployWell(service, sampleFiles());
  const orphans = await state.liveInstances(service.staging);
  await worker.kill("SIGKILL");
  await database.client.sql`delete from services where slug = 'cleaned'`;
  const next = await lab.startWorker("cleaner");
  for (const { pid } of orphans) expect(startTimeOf(pid ?? 0)).toBeNull();
  expect(await next.stop("end")).toBe(0);
});

test("a warm pool ends when its time is over, the live one never", async () => {
  const worker = await lab.startWorker("warm");
  const service = await lab.addService("warmed");
  await deployWell(service, sampleFiles({ settings: sampleSettings({ keepWarm: "1ms", drain: "1ms" }) }));
  const [first] = await state.liveInstances(service.staging);
  await deployWell(service, { "second.txt": "2" });
  await until(
    () => state.instances(service.staging),
    (rows) => rows.length === 2,
  );
  const live = await state.liveInstances(service.staging);
  expect(isServing(live)).toBe(true);
  expect(live[0]?.pool).not.toBe(first?.pool);
  expect(startTimeOf(first?.pid ?? 0)).toBeNull();
  expect(await worker.stop("end")).toBe(0);
});

test("when every connection to the database is cut, the deployment goes on, or begins again, and succeeds", async () => {
  const worker = await lab.startWorker("cut-off");
  const service = await lab.addService("cut");
  const settings = sampleSettings({ build: "echo begun; sleep 1; sh build.sh" });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Slow");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    () => state.log(id),
    (text) => text.includes("\nbegun"),
  );
  await database.client.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`;
  await until(
    () => state.deployment(id),
    (row) => row.status === "succeeded",
  );
  expect(isServing(await state.liveInstances(service.staging))).toBe(true);
  const again = await deployWell(service, { "third.txt": "3" });
  expect(again).toBeGreaterThan(id);
  expect(await worker.stop("end")).toBe(0);
});
