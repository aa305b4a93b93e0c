import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { asc, eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { steps } from "#db/schema/deployments.ts";
import { releases } from "#db/schema/releases.ts";
import { instances, pointers, pools } from "#db/schema/traffic.ts";
import { reapLostDeployments } from "#server/flows/reap-lost-deployments.ts";
import { startTimeOf } from "#server/kernel/process-identity.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { streamLog } from "#server/services/deployments/stream-log.ts";
import { artifactName } from "#server/services/pipeline/artifact-store.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

const { database, lab, state, untilOver, deploy } = await openTestLab();
await lab.startWorker("one");

/** Milliseconds from its request until it was finished. */
async function readSteps(id: number) {
  const rows = await database.ctx.db
    .select()
    .from(steps)
    .where(eq(steps.deploymentId, id))
    .orderBy(asc(steps.position));
  return Object.fromEntries(rows.map((row) => [row.name, row]));
}

async function readLog(id: number): Promise<string> {
  const log = streamLog(database.ctx, { deploymentId: id, isPlain: false });
  return (await text(log)).trimEnd();
}

async function livePool(serviceEnvironmentId: number) {
  const [pointer] = await database.ctx.db
    .select()
    .from(pointers)
    .where(eq(pointers.serviceEnvironmentId, serviceEnvironmentId));
  return pointer?.livePool ?? null;
}

async function presentInstances(serviceEnvironmentId: number) {
  const rows = await database.ctx.db
    .select()
    .from(instances)
    .where(eq(instances.serviceEnvironmentId, serviceEnvironmentId))
    .orderBy(asc(instances.id));
  return rows.filter((row) => row.status !== "ended");
}

async function liveInstances(serviceEnvironmentId: number) {
  const pool = await livePool(serviceEnvironmentId);
  return (await presentInstances(serviceEnvironmentId)).filter((row) => row.pool === pool);
}

async function answerOf(instance: { port: number } | undefined): Promise<string> {
  return (await fetch(`http://127.0.0.1:${instance?.port}/`)).text();
}

async function deployFirst(service: LabService) {
  const { id, commit, reason, releaseId } = await deploy(service, sampleFiles());
  expect(reason).toBeNull();
  const [release] = await database.ctx.db.select().from(releases).where(eq(releases.id, releaseId));
  if (release === undefined) throw new Error("No release was made.");
  return { id, commit, release };
}

test("a commit goes live through all steps, each with its own times and output", async () => {
  const service = await lab.addService("hello");
  const { id } = await deployFirst(service);
  expect(await state.deployment(id)).toMatchObject({ status: "succeeded", pool: "blue", failedStep: null });
  const byName = await readSteps(id);
  for (const name of ["checkout", "build", "test", "package", "start", "verify", "switch"] as const) {
    expect(byName[name]).toMatchObject({
      status: "succeeded",
      startedAt: expect.any(Date),
      endedAt: expect.any(Date),
    });
  }
  expect(byName.migrate).toMatchObject({ status: "skipped", startedAt: null });
  expect(byName.drain).toMatchObject({ status: "skipped", detail: "nothing was live before" });
  expect(await readLog(id)).toContain("built");
  const live = await liveInstances(service.staging);
  expect(live.map((instance) => instance.status)).toEqual(["healthy", "healthy"]);
  expect(await answerOf(live[0])).toMatch(/^1 \d+$/);
});

test("a failing build fails at that step and leaves live traffic untouched", async () => {
  const service = await lab.addService("broken-build");
  await deployFirst(service);
  const before = await liveInstances(service.staging);
  const settings = sampleSettings({ build: "echo compiling; echo 'no such symbol' >&2; exit 3" });
  const { id, ...row } = await deploy(service, sampleFiles({ settings }));
  expect(row).toMatchObject({ status: "failed", failedStep: "build" });
  expect(row.reason).toMatch(/exited with code 3\.$/);
  expect(await readLog(id)).toContain("no such symbol");
  expect(await readLog(id)).toContain("Live traffic was not touched: #1 still serves.");
  expect((await readSteps(id)).test).toMatchObject({ status: "skipped", startedAt: null });
  expect(await liveInstances(service.staging)).toEqual(before);
});

test("a start command that never gets healthy fails at verify with the instance's last output", async () => {
  const service = await lab.addService("never-healthy");
  const quits = sampleSettings({ start: "echo 'no database here'; exit 7" });
  const quit = await deploy(service, sampleFiles({ settings: quits }));
  expect(quit).toMatchObject({ status: "failed", failedStep: "verify" });
  expect(quit.reason).toMatch(/exited with code 7\.$/);
  expect(await readLog(quit.id)).toContain("no database here");
  expect(await readLog(quit.id)).toContain("Nothing was live before, and nothing is now.");
  const silent = sampleSettings({ start: "echo waiting; exec sleep 600", timeout: "500ms" });
  const slept = await deploy(service, sampleFiles({ settings: silent }));
  expect(slept).toMatchObject({ status: "failed", failedStep: "verify" });
  expect(slept.reason).toContain("/healthz does not answer");
  expect(await readLog(slept.id)).toContain("waiting");
  expect(await presentInstances(service.staging)).toEqual([]);
  const all = await database.ctx.db
    .select()
    .from(pools)
    .where(eq(pools.serviceEnvironmentId, service.staging));
  expect(all.map((pool) => pool.status)).toEqual(["empty", "empty", "empty"]);
});

test("the same release is promoted without a build, and a switch back takes the warm pool over", async () => {
  const service = await lab.addService("promoted");
  const first = await deployFirst(service);
  const promotion = await lab.ask({
    serviceEnvironmentId: service.production,
    kind: "promote",
    commit: first.commit,
    release: first.release,
  });
  expect(await untilOver(promotion)).toMatchObject({ status: "succeeded", releaseId: first.release.id });
  expect((await readSteps(promotion)).build).toMatchObject({
    status: "skipped",
    detail: "#1 is already built",
  });
  const second = await deploy(service, { "second.txt": "2" });
  expect(second).toMatchObject({ status: "succeeded", pool: "green" });
  expect(await answerOf((await liveInstances(service.staging))[0])).toMatch(/^2 /);
  const back = await lab.ask({
    serviceEnvironmentId: service.staging,
    kind: "switch-back",
    commit: first.commit,
    release: first.release,
    poolIsWarm: true,
  });
  expect(await untilOver(back)).toMatchObject({
    ...{ status: "succeeded", pool: "blue", releaseId: first.release.id },
  });
  const byName = await readSteps(back);
  for (const name of ["build", "migrate", "start"] as const) expect(byName[name]?.status).toBe("skipped");
  expect(await answerOf((await liveInstances(service.staging))[0])).toMatch(/^1 /);
});

test("a cancel ends the step's whole process group", async () => {
  const service = await lab.addService("cancelled");
  const settings = sampleSettings({ build: "sleep 300 & echo child $!; wait" });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Take long");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  const log = await until(
    () => readLog(id),
    (text) => /child \d+/.test(text),
  );
  const child = Number(/child (\d+)/.exec(log)?.[1]);
  await cancel(database.ctx, { deploymentId: id });
  expect(await untilOver(id)).toMatchObject({ status: "cancelled", reason: null });
  expect((await readSteps(id)).build?.status).toBe("cancelled");
  expect(startTimeOf(child)).toBeNull();
});

test("a build cannot leave anything running, and no name in the settings can hold a deployment", async () => {
  const service = await lab.addService("daemons");
  const settings = sampleSettings({
    build: "setsid sh -c 'while :; do echo tick; sleep 0.1; done' & echo child $!; sh build.sh",
  });
  const { id, status } = await deploy(service, sampleFiles({ settings }));
  expect(status).toBe("succeeded");
  const child = Number(/child (\d+)/.exec(await readLog(id))?.[1]);
  expect(startTimeOf(child)).toBeNull();
  const odd = sampleSettings({ more: '"a\\0b": x' });
  expect(await deploy(service, sampleFiles({ settings: odd }))).toMatchObject({
    status: "failed",
    reason: expect.stringContaining("is not a key of anytime.yaml"),
  });
});

test("a step that does not end by itself cannot hold up a cancel, and does nothing afterwards", async () => {
  const service = await lab.addService("stuck");
  const { commit, release } = await deployFirst(service);
  const artifact = `${lab.dataFolder}/artifacts/${artifactName(release.artifactDigest)}`;
  const folder = `${lab.dataFolder}/releases/stuck/1-${release.artifactDigest.slice(0, 12)}`;
  const bytes = readFileSync(artifact);
  rmSync(folder, { recursive: true });
  rmSync(artifact);
  // Who reads a pipe waits for a writer: nothing can interrupt the unpacking.
  execFileSync("mkfifo", [artifact]);
  const promotion = { serviceEnvironmentId: service.production, kind: "promote", commit, release } as const;
  const id = await lab.ask(promotion);
  const writer = await open(artifact, "w");
  await cancel(database.ctx, { deploymentId: id });
  expect(await untilOver(id)).toMatchObject({ status: "cancelled" });
  rmSync(artifact);
  writeFileSync(artifact, bytes);
  await writer.writeFile(bytes);
  await writer.close();
  await until(async () => existsSync(folder), Boolean);
  expect(await untilOver(await lab.ask(promotion))).toMatchObject({ status: "succeeded" });
  expect(await presentInstances(service.production)).toHaveLength(2);
  expect((await readLog(id)).split("\n").at(-1)).toBe("[anytime] Cancelled.");
});

test("an instance that is killed is started again on its port", async () => {
  const service = await lab.addService("restarted");
  await deployFirst(service);
  const [victim] = await liveInstances(service.staging);
  process.kill(victim?.pid ?? 0, "SIGKILL");
  const after = await until(
    async () => (await liveInstances(service.staging)).find((row) => row.id === victim?.id),
    (row) => row?.restarts === 1 && row.status === "healthy",
  );
  expect(after).toMatchObject({ port: victim?.port });
  expect(await answerOf(after)).toBe(`1 ${after?.pid}`);
});

test("a deployment whose worker is killed in its build is taken over and finishes", async () => {
  const service = await lab.addService("taken-over");
  const marker = `${lab.openFolder}/attempts`;
  const settings = sampleSettings({
    build: `echo try >> ${marker}; test $(wc -l < ${marker}) -gt 1 || sleep 60; sh build.sh`,
  });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Slow at first");
  const victim = await lab.startWorker("two");
  await lab.startWorker("one").then((worker) => worker.stop("keep"));
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  // Its line stands in the log before it runs.
  await until(
    async () => existsSync(marker),
    (hasBegun) => hasBegun,
  );
  await victim.kill("SIGKILL");
  await lab.startWorker("three");
  await until(
    () => reapLostDeployments(database.ctx),
    (count) => count > 0,
    15_000,
  );
  expect(await untilOver(id)).toMatchObject({ status: "succeeded", attempt: 2 });
});
