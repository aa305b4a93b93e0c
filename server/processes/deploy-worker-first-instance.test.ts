import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cancel } from "#server/services/deployments/cancel.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** A release that never served starts with one instance; the others follow once that one is healthy. */
const { database, lab, state, deploy, untilOver } = await openTestLab();
let worker = await lab.startWorker("one");

const serve = `exec "${process.execPath}" dist/server.cjs`;
const settings = (start: string) => sampleFiles({ settings: sampleSettings({ instances: 3, start }) });

/** Files by which a test lets instances of a service start: the first one, then the others. */
function gateOf(service: string) {
  const folder = join(lab.openFolder, service);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const file = (name: string) => join(folder, name);
  const waitFor = (name: string) => `while [ ! -e ${file(name)} ]; do sleep 0.05; done`;
  return {
    open: (name: "first" | "others") => writeFileSync(file(name), ""),
    close: (name: "first" | "others") => rmSync(file(name)),
    start: `if mkdir ${file("taken")} 2>/dev/null; then ${waitFor("first")}; else ${waitFor("others")}; fi; ${serve}`,
  };
}

const statusesOf = async (service: LabService) =>
  (await state.instances(service.staging)).map(({ status }) => status);

const untilStarting = (service: LabService, count: number) =>
  until(
    () => state.instances(service.staging),
    (rows) => rows.filter(({ pid, status }) => pid !== null && status === "starting").length === count,
  );

async function ask(service: LabService, start: string): Promise<number> {
  const commit = await service.repository.commit(settings(start), "Change");
  return lab.ask({ serviceEnvironmentId: service.staging, commit });
}

test("a broken release costs one start, and the log shows that one's output once", async () => {
  const service = await lab.addService("broken");
  expect((await deploy(service, settings(serve))).reason).toBeNull();
  const before = await state.liveInstances(service.staging);
  const failed = await deploy(service, settings("echo 'no database here'; exit 7"));
  expect(failed).toMatchObject({ status: "failed", failedStep: "verify" });
  expect(failed.reason).toMatch(/exited with code 7\.$/);
  expect((await state.log(failed.id)).match(/^\[anytime\] {3}no database here$/gm)).toHaveLength(1);
  const [started] = await database.client.sql`
    select count(*)::int as count from instances where release_id = ${failed.releaseId}`;
  expect(started?.count).toBe(1);
  expect(await state.instances(service.staging)).toEqual(before);
});

test("the others start once the first is healthy; what has served before starts all at once", async () => {
  const service = await lab.addService("gated");
  const gate = gateOf("gated");
  const id = await ask(service, gate.start);
  await untilStarting(service, 1);
  expect(await statusesOf(service)).toEqual(["starting"]);
  gate.open("first");
  await untilStarting(service, 3);
  gate.open("others");
  const { releaseId, reason } = await untilOver(id);
  expect(reason).toBeNull();
  expect(await statusesOf(service)).toEqual(["healthy", "healthy", "healthy"]);
  expect(await state.log(id)).toContain("The first instance is healthy. Starting the other 2.");

  gate.close("others");
  const commit = { sha: (await shaOf(id)) ?? "", subject: "Change" };
  const release = { id: releaseId, number: 1 };
  const again = await lab.ask({ serviceEnvironmentId: service.staging, kind: "restart", commit, release });
  await untilStarting(service, 3);
  gate.open("others");
  expect((await untilOver(again)).reason).toBeNull();
});

async function shaOf(id: number): Promise<string | undefined> {
  const [row] = await database.client.sql`select sha from deployments where id = ${id}`;
  return row?.sha;
}

test("cancelled while the others start, it leaves no instance", async () => {
  const service = await lab.addService("cancelled");
  const gate = gateOf("cancelled");
  const id = await ask(service, gate.start);
  await untilStarting(service, 1);
  gate.open("first");
  await untilStarting(service, 3);
  await cancel(database.ctx, { deploymentId: id });
  expect(await untilOver(id)).toMatchObject({ status: "cancelled" });
  expect(await statusesOf(service)).toEqual([]);
});

test("one of the others that does not start fails it, too", async () => {
  const service = await lab.addService("second-fails");
  const isFirst = `mkdir ${join(lab.openFolder, "second-fails-first")} 2>/dev/null`;
  const failed = await deploy(service, settings(`if ${isFirst}; then ${serve}; fi; echo 'no room'; exit 8`));
  expect(failed).toMatchObject({ status: "failed", failedStep: "verify" });
  expect(failed.reason).toMatch(/exited with code 8\.$/);
  expect(await state.log(failed.id)).toContain("no room");
  expect(await statusesOf(service)).toEqual([]);
});

test("a worker that dies while the others start leaves it to be done anew, with all instances", async () => {
  const service = await lab.addService("lost");
  const gate = gateOf("lost");
  const id = await ask(service, gate.start);
  await untilStarting(service, 1);
  gate.open("first");
  await untilStarting(service, 3);
  await worker.kill("SIGKILL");
  gate.open("others");
  worker = await lab.startWorker("one");
  expect(await untilOver(id, 40_000)).toMatchObject({ status: "succeeded", attempt: 2 });
  await until(
    () => statusesOf(service),
    (statuses) => statuses.join() === "healthy,healthy,healthy",
  );
});
