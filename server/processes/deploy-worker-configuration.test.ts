import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ConfigurationChange } from "#server/domain/configuration.ts";
import { usualKeptDays } from "#server/domain/count-steps.ts";
import type { DeploymentKind } from "#server/domain/deployment.ts";
import { markRelease } from "#server/flows/mark-release.ts";
import { readQueuePlace } from "#server/flows/read-queue-place.ts";
import { requestDeployment } from "#server/flows/request-deployment.ts";
import { inTransaction } from "#server/kernel/context.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { saveConfiguration } from "#server/services/services/save-configuration.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { isOver } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** Restart, scale and configure with real instances: what they answer is what they were started with. */
const { database, lab, state } = await openTestLab();
let worker = await lab.startWorker("one");

const server = `const http = require("node:http");
http.createServer((request, response) => {
  response.end(request.url === "/healthz" ? "ok" : process.env.ANYTIME_RELEASE + " " + process.env.GREETING);
}).listen(Number(process.env.PORT), process.env.HOST);
`;
const settings = (instances: number, more = "") =>
  sampleSettings({ instances, more: `env: {GREETING: hello}\n${more}` });

async function ask(service: LabService, kind: DeploymentKind, change?: ConfigurationChange): Promise<number> {
  const installation = {
    mirrorsFolder: join(lab.dataFolder, "mirrors"),
    repositoriesFolder: join(lab.dataFolder, "repositories"),
    allowedLocalFolders: [lab.dataFolder],
    routerPort: 4780,
    isDatabaseEmbedded: true,
    telemetryUrl: "http://localhost:4700",
    keepLogsDays: 90,
    keepCountsDays: usualKeptDays,
    sealingKeys: () => [],
  };
  const wish = { serviceSlug: service.slug, environmentSlug: "staging", kind, change };
  return (await requestDeployment(database.ctx, wish, installation)).id;
}

async function done(id: number): Promise<number> {
  const over = await until(() => state.deployment(id), isOver);
  expect(over).toMatchObject({ status: "succeeded", reason: null });
  return id;
}

async function open(slug: string, instances = 1, more = ""): Promise<LabService> {
  const service = await lab.addService(slug);
  await service.repository.commit(sampleFiles({ settings: settings(instances, more), server }), "First");
  await done(await ask(service, "deploy"));
  return service;
}

/** What each live instance answers. */
async function answers(service: LabService): Promise<string[]> {
  const live = await state.liveInstances(service.staging);
  return Promise.all(live.map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/`)).text()));
}

const save = (service: LabService, change: ConfigurationChange) =>
  inTransaction(database.ctx, (tx) =>
    saveConfiguration(tx, { slug: service.slug, environmentSlug: "staging", change }, () => []),
  );

test("scaled from 1 to 3, the same release serves from three instances in the other pool", async () => {
  const service = await open("scaled", 1, "migrate: {run: 'echo migrated >> $HOME/migrated'}");
  const [before] = await state.liveInstances(service.staging);
  const id = await done(await ask(service, "scale", { instances: 3 }));
  const live = await state.liveInstances(service.staging);
  expect(live.map(({ status, pool }) => [status, pool])).toEqual(Array(3).fill(["healthy", "green"]));
  expect(before?.pool).toBe("blue");
  expect(await answers(service)).toEqual(Array(3).fill("1 hello"));
  const { steps, release } = await getDeployment(database.ctx, id);
  expect(release?.number).toBe(1);
  expect(steps.flatMap(({ name, status, detail }) => (status === "skipped" ? [[name, detail]] : []))).toEqual(
    [
      ...["checkout", "build", "test", "package"].map((name) => [name, "#1 is already built"]),
      ["migrate", "another number of instances changes no data"],
    ],
  );
  await done(await ask(service, "scale", { instances: null }));
  expect(await answers(service)).toEqual(["1 hello"]);
});

test("a configured value reaches the instances, also those that are started again after a crash", async () => {
  const service = await open("configured");
  await done(await ask(service, "configure", { variables: { GREETING: "good morning" } }));
  expect(await answers(service)).toEqual(["1 good morning"]);
  // Saved and not deployed: nothing that runs is to get it.
  await save(service, { variables: { GREETING: "good night" } });
  const [instance] = await state.liveInstances(service.staging);
  process.kill(instance?.pid ?? 0, "SIGKILL");
  const isBack = (restarts: number) =>
    until(
      () => state.liveInstances(service.staging),
      ([row]) => row?.status === "healthy" && row.restarts === restarts,
    );
  await isBack(1);
  expect(await answers(service)).toEqual(["1 good morning"]);
  const [second] = await state.liveInstances(service.staging);
  await worker.kill("SIGKILL");
  process.kill(second?.pid ?? 0, "SIGKILL");
  worker = await lab.startWorker("one");
  await isBack(2);
  expect(await answers(service)).toEqual(["1 good morning"]);
  await service.repository.commit({ "second.txt": "2" }, "Second");
  await done(await ask(service, "deploy"));
  expect(await answers(service)).toEqual(["2 good night"]);
});

test("a switch-back brings the configuration back with which its release ran, warm or started anew", async () => {
  const service = await open("back");
  await done(await ask(service, "configure", { variables: { GREETING: "one" } }));
  await save(service, { variables: { GREETING: "two" } });
  await service.repository.commit({ "second.txt": "2" }, "Second");
  await done(await ask(service, "deploy"));
  expect(await answers(service)).toEqual(["2 two"]);
  const warm = await done(await ask(service, "switch-back"));
  expect(await answers(service)).toEqual(["1 one"]);
  expect((await getDeployment(database.ctx, warm)).steps.find(({ name }) => name === "start")?.detail).toBe(
    "its pool is still warm",
  );
  // A restart starts what is live as it is, whatever is saved by now.
  await done(await ask(service, "restart"));
  expect(await answers(service)).toEqual(["1 one"]);
  await markRelease(database.ctx, { serviceSlug: service.slug, releaseNumber: 2, badReason: null });
  await done(await ask(service, "switch-back"));
  expect(await answers(service)).toEqual(["2 two"]);
});

test("a restart behind a deployment in the queue ships what that deployment brought", async () => {
  const service = await open("queued");
  const go = join(lab.openFolder, "go");
  const slow = settings(1).replace("sh build.sh", `until test -f ${go}; do sleep 0.05; done; sh build.sh`);
  const { sha } = await service.repository.commit({ "anytime.yaml": slow }, "Second");
  const deploy = await ask(service, "deploy");
  const restart = await ask(service, "restart");
  const waiting = await getDeployment(database.ctx, restart);
  expect(waiting).toMatchObject({ releaseNumber: 1 });
  expect(await readQueuePlace(database.ctx, waiting)).toMatchObject({ ahead: { id: deploy } });
  await writeFile(go, "");
  await done(deploy);
  await done(restart);
  const after = await getDeployment(database.ctx, restart);
  expect(after).toMatchObject({ sha, subject: "Second", releaseNumber: 2, previousReleaseNumber: 2 });
  expect(after.steps[0]).toMatchObject({ name: "checkout", detail: "#2 is already built" });
  expect(await answers(service)).toEqual(["2 hello"]);
});

test("instances that do not get healthy with a configuration leave the live ones as they are", async () => {
  const service = await open("refusing");
  await service.repository.commit(
    { "server.cjs": `if (process.env.GREETING === "bad") process.exit(4);\n${server}` },
    "Refuse a word",
  );
  await done(await ask(service, "deploy"));
  const id = await ask(service, "configure", { variables: { GREETING: "bad" } });
  const over = await until(
    () => state.deployment(id),
    (row) => row.status === "failed",
  );
  expect(over).toMatchObject({ failedStep: "verify" });
  expect(await answers(service)).toEqual(["2 hello"]);
  await done(await ask(service, "restart"));
  expect(await answers(service)).toEqual(["2 hello"]);
});
