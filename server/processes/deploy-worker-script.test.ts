import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { freePort } from "#db/testing/free-port.ts";
import { forgetWorker } from "#server/flows/forget-worker.ts";
import { reapLostDeployments } from "#server/flows/reap-lost-deployments.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { startTimeOf } from "#server/kernel/process-identity.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { isOver } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles } from "./deploy-worker/testing/sample-service.ts";
import { startWorkerProcess } from "./deploy-worker/testing/worker-process.ts";

/** Releases that a command deploys, by a real worker and real commands. */
const { database, lab, state, untilOver, deploy } = await openTestLab();
await lab.startWorker("one");

const at = (name: string) => join(lab.openFolder, name);
const read = (name: string) => (existsSync(at(name)) ? readFileSync(at(name), "utf8").trim() : "");

function scripted(keys: { deploy: string; switchBack?: string; health?: string; more?: string }) {
  const line = (key: string, value: string | undefined) =>
    value === undefined ? "" : `  ${key}: ${JSON.stringify(value)}\n`;
  const health =
    keys.health === undefined ? "" : `  health: {run: ${JSON.stringify(keys.health)}, timeout: 1s}\n`;
  const settings = `build: sh build.sh\npackage: {include: [dist]}\nrelease:\n  target: script\n${line("deploy", keys.deploy)}${line("switchBack", keys.switchBack)}${health}${keys.more ?? ""}`;
  return sampleFiles({ settings });
}

async function live(service: LabService) {
  return (await readLiveReleases(database.ctx, [service.staging])).get(service.staging) ?? null;
}

async function detailsOf(id: number): Promise<Record<string, string>> {
  const rows = await database.client.sql<{ name: string; status: string; detail: string | null }[]>`
    select name, status, detail from steps where deployment_id = ${id} order by position`;
  return Object.fromEntries(rows.map(({ name, status, detail }) => [name, `${status}: ${detail}`]));
}

test("a command deploys and another goes back; what is live is the pointer, without pools to switch", async () => {
  const service = await lab.addService("scripted");
  const told =
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell fills it in.
    "$ANYTIME_SERVICE $ANYTIME_ENVIRONMENT #$ANYTIME_RELEASE after ${ANYTIME_PREVIOUS_RELEASE:-none}";
  const files = (greeting: string) =>
    scripted({
      deploy: `echo "deploy ${greeting} ${told} $LEVEL $ANYTIME_COMMIT $ANYTIME_ARTIFACT_DIGEST" >> ${at("calls")}; test "$PWD" = "$ANYTIME_ARTIFACT_FOLDER" && test -f dist/server.cjs`,
      switchBack: `echo "back ${greeting} ${told}" >> ${at("calls")}`,
      health: `echo asked >> ${at("health")}; test "$(wc -l < ${at("health")})" -ge 2`,
      more: "env: {LEVEL: high}\n",
    });
  const first = await deploy(service, files("one"));
  expect(first.reason).toBeNull();
  expect(await live(service)).toMatchObject({ number: 1, target: "script" });
  const second = await deploy(service, files("two"));
  expect(second).toMatchObject({ status: "succeeded", reason: null });
  expect(await live(service)).toMatchObject({ number: 2 });
  expect(await detailsOf(second.id)).toMatchObject({
    package: expect.stringContaining("succeeded"),
    start: expect.stringContaining("succeeded: echo"),
    verify: expect.stringContaining("says that it is healthy"),
    switch: expect.stringContaining("recorded as live"),
    drain: "skipped: what ran before is for the platform to end",
  });
  const back = await lab.ask({
    serviceEnvironmentId: service.staging,
    kind: "switch-back",
    commit: first.commit,
    release: { id: first.releaseId, number: 1 },
  });
  expect(await untilOver(back)).toMatchObject({ status: "succeeded", reason: null });
  expect(await live(service)).toMatchObject({ number: 1 });
  const calls = read("calls").split("\n");
  expect(calls).toEqual([
    expect.stringMatching(/^deploy one scripted staging #1 after none high [0-9a-f]{40} [0-9a-f]{64}$/),
    expect.stringMatching(/^deploy two scripted staging #2 after 1 high /),
    "back one scripted staging #1 after 2",
  ]);
  // The first one asked twice; nothing was started, and nothing is kept warm.
  expect(await state.instances(service.staging)).toEqual([]);
  const pools = await database.client.sql<{ status: string }[]>`
    select status from pools where service_environment_id = ${service.staging} order by status`;
  expect(pools.map(({ status }) => status)).toEqual(["empty", "empty", "ready"]);
  const [route] = await readRoutes(database.ctx, service.staging);
  expect(route).toMatchObject({ isElsewhere: true, generation: 3 });
});

test("without a command to go back, the deploy command of that release runs again, and a restart runs it too", async () => {
  const service = await lab.addService("again");
  const files = (name: string) => scripted({ deploy: `echo ${name} >> ${at("again")}` });
  const first = await deploy(service, files("one"));
  const second = await deploy(service, files("two"));
  const place = { serviceEnvironmentId: service.staging };
  const release = { id: second.releaseId, number: 2 };
  const restart = await lab.ask({ ...place, kind: "restart", commit: second.commit, release });
  expect(await untilOver(restart)).toMatchObject({ status: "succeeded" });
  const back = await lab.ask({
    ...place,
    kind: "switch-back",
    commit: first.commit,
    release: { id: first.releaseId, number: 1 },
  });
  expect(await untilOver(back)).toMatchObject({ status: "succeeded" });
  expect(read("again").split("\n")).toEqual(["one", "two", "two", "one"]);
  expect((await detailsOf(back)).verify).toBe("skipped: no health command is set");
  const scale = await lab.ask({
    ...place,
    kind: "scale",
    commit: first.commit,
    release: { id: first.releaseId, number: 1 },
  });
  expect(await untilOver(scale)).toMatchObject({
    status: "failed",
    reason: expect.stringContaining("the portal starts no instances"),
  });
});

test("a deploy command that fails, and a release that is not healthy, leave what was live recorded as live", async () => {
  const service = await lab.addService("failing");
  await deploy(service, scripted({ deploy: "true" }));
  const broken = await deploy(service, scripted({ deploy: "echo half of it; exit 7" }));
  expect(broken).toMatchObject({
    status: "failed",
    failedStep: "start",
    reason: expect.stringContaining("7"),
  });
  expect(await live(service)).toMatchObject({ number: 1 });
  const log = await state.log(broken.id);
  expect(log).toContain("half of it");
  expect(log).toContain("the portal does not know what is served now");
  expect(log).toContain("#1 stays recorded as live");
  expect(log).not.toContain("Live traffic was not touched");
  const sick = await deploy(service, scripted({ deploy: "true", health: "echo still away; exit 3" }));
  expect(sick).toMatchObject({
    status: "failed",
    failedStep: "verify",
    reason: expect.stringMatching(/^Not healthy within 1\.0 s: .*3/),
  });
  expect(await state.log(sick.id)).toContain("still away");
  expect(await live(service)).toMatchObject({ number: 1 });
  const mended = await deploy(service, scripted({ deploy: "true # mended" }));
  expect(mended.status).toBe("succeeded");
});

test("a cancel ends the deploy command and all that it started", async () => {
  const service = await lab.addService("cancelled");
  const commit = await service.repository.commit(
    scripted({ deploy: `sleep 1000 & echo $! > ${at("child")}; wait` }),
    "Endless",
  );
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    async () => read("child"),
    (pid) => pid !== "",
  );
  await cancel(database.ctx, { deploymentId: id, reason: null });
  expect(await untilOver(id)).toMatchObject({ status: "cancelled" });
  expect(startTimeOf(Number(read("child")))).toBeNull();
  expect(await live(service)).toBeNull();
  expect(await state.log(id)).toContain("does not know what is served now");
});

test("a deploy command that ran when its worker died is not run again, unless it is declared repeatable", async () => {
  for (const repeatable of [false, true]) {
    const name = repeatable ? "repeatable" : "once";
    const service = await lab.addService(name);
    const label = `only-${name}`;
    await database.client.sql`
      update service_environments set worker_label = ${label} where id = ${service.staging}`;
    const victim = await lab.startWorker(`victim-${name}`, { ANYTIME_WORKER_LABELS: label });
    const deployCommand = `echo run >> ${at(name)}; test -e ${at(`${name}-go`)} || sleep 1000`;
    const commit = await service.repository.commit(
      scripted({ deploy: deployCommand, more: `  repeatable: ${repeatable}\n` }),
      "Slow",
    );
    const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
    await until(
      async () => read(name),
      (runs) => runs === "run",
    );
    await victim.kill("SIGKILL");
    await lab.startWorker(`heir-${name}`, { ANYTIME_WORKER_LABELS: label });
    await cp(join(repositoryRoot, "LICENSE"), at(`${name}-go`));
    const row = await until(
      async () => {
        await reapLostDeployments(database.ctx);
        return state.deployment(id);
      },
      isOver,
      40_000,
    );
    if (repeatable) {
      expect(row).toMatchObject({ status: "succeeded", attempt: 2 });
      expect(read(name)).toBe("run\nrun");
      continue;
    }
    expect(row).toMatchObject({
      status: "failed",
      failedStep: "start",
      reason: expect.stringContaining("not declared repeatable, so it is not run again"),
    });
    expect(read(name)).toBe("run");
  }
});

test("a deploy command that had ended when its worker died is not run again: the rest goes on", async () => {
  const service = await lab.addService("halfway");
  await database.client.sql`
    update service_environments set worker_label = 'halfway' where id = ${service.staging}`;
  const victim = await lab.startWorker("victim-halfway", { ANYTIME_WORKER_LABELS: "halfway" });
  const files = scripted({
    deploy: `echo run >> ${at("halfway")}`,
    health: `echo ask >> ${at("halfway-health")}; test -e ${at("halfway-go")} || sleep 1000`,
  });
  files["anytime.yaml"] = (files["anytime.yaml"] ?? "").replace("timeout: 1s", "timeout: 5m");
  const commit = await service.repository.commit(files, "Slow health");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    async () => read("halfway-health"),
    (asked) => asked !== "",
  );
  await victim.kill("SIGKILL");
  await cp(join(repositoryRoot, "LICENSE"), at("halfway-go"));
  await lab.startWorker("heir-halfway", { ANYTIME_WORKER_LABELS: "halfway" });
  const row = await until(
    async () => {
      await reapLostDeployments(database.ctx);
      return state.deployment(id);
    },
    isOver,
    40_000,
  );
  expect(row).toMatchObject({ status: "succeeded", attempt: 2 });
  expect(read("halfway")).toBe("run");
  expect(await live(service)).toMatchObject({ number: 1 });
}, 90_000);

test("an artifact on another worker's machine is said to be there; with that worker forgotten its commit is built again", async () => {
  const service = await lab.addService("apart");
  await database.client.sql`
    update service_environments set worker_label = 'apart' where service_id = (
      select id from services where slug = 'apart')`;
  const maker = await lab.startWorker("apart-maker", { ANYTIME_WORKER_LABELS: "apart" });
  const { commit, releaseId } = await deploy(service, scripted({ deploy: "true" }));
  expect(await maker.stop("keep")).toBe(0);
  mkdirSync(at("apart"));
  const other = await startWorkerProcess({
    ...{ databaseUrl: database.url, dataFolder: at("apart"), name: "apart-other" },
    variables: { ANYTIME_WORKER_LABELS: "apart", ANYTIME_LOCAL_REPOSITORIES: lab.dataFolder },
  });
  const wish = { serviceEnvironmentId: service.production, commit };
  const promotion = { ...wish, kind: "promote", release: { id: releaseId, number: 1 } } as const;
  expect(await untilOver(await lab.ask(promotion))).toMatchObject({
    ...{ status: "failed", failedStep: "start" },
    reason: expect.stringContaining("It is on the machine of apart-maker ("),
  });
  const workers = await listWorkers(database.ctx);
  const workerId = workers.find(({ name }) => name === "apart-maker")?.id ?? 0;
  await forgetWorker(database.ctx, { workerId, withInstances: false });
  expect(await untilOver(await lab.ask(promotion))).toMatchObject({
    ...{ status: "failed", failedStep: "start" },
    reason: expect.stringContaining("it builds the commit anew"),
  });
  const again = await lab.ask(wish);
  expect(await untilOver(again)).toMatchObject({ status: "succeeded", releaseId });
  expect(await state.log(again)).toContain("Built again, #1 has the very same files as before.");
  expect(await other.stop("end")).toBe(0);
});

test("a release in processes follows one by command and goes away again, each the way of its own target", async () => {
  const service = await lab.addService("mixed");
  const first = await deploy(service, scripted({ deploy: `echo script >> ${at("mixed")}` }));
  const second = await deploy(service, sampleFiles());
  expect(second).toMatchObject({ status: "succeeded", reason: null });
  expect(await live(service)).toMatchObject({ number: 2, target: "process" });
  expect(await state.liveInstances(service.staging)).toHaveLength(2);
  const back = await lab.ask({
    serviceEnvironmentId: service.staging,
    kind: "switch-back",
    commit: first.commit,
    release: { id: first.releaseId, number: 1 },
  });
  expect(await untilOver(back)).toMatchObject({ status: "succeeded", reason: null });
  expect(await live(service)).toMatchObject({ number: 1, target: "script" });
  expect(read("mixed")).toBe("script\nscript");
});

test("the example goes live twice on its own platform and back", async () => {
  const service = await lab.addService("script-target");
  await cp(join(repositoryRoot, "examples/script-target"), service.repository.folder, { recursive: true });
  const port = await freePort();
  const settings = readFileSync(join(service.repository.folder, "anytime.yaml"), "utf8")
    .replace("8098", String(port))
    .replace("  PLATFORM_PORT", `  PLATFORM_FOLDER: ${at("platform")}\n  PLATFORM_PORT`);
  const answer = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
  try {
    const first = await deploy(service, { "anytime.yaml": settings });
    expect(first.reason).toBeNull();
    expect(await answer()).toBe("release 1\n");
    await deploy(service, { "notes.txt": "a second one" });
    expect(await answer()).toBe("release 2\n");
    const back = await lab.ask({
      serviceEnvironmentId: service.staging,
      kind: "switch-back",
      commit: first.commit,
      release: { id: first.releaseId, number: 1 },
    });
    expect(await untilOver(back)).toMatchObject({ status: "succeeded", reason: null });
    expect(await answer()).toBe("release 1\n");
  } finally {
    const pid = Number(read("platform/staging/server.pid"));
    if (pid > 0) process.kill(pid);
  }
});
