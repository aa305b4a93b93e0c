import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { pauseTraffic, resumeTraffic } from "#server/services/traffic/pause-traffic.ts";
import { constantClient } from "./deploy-worker/testing/hostile-service.ts";
import { type Lab, type LabService, openLab, until } from "./deploy-worker/testing/open-lab.ts";
import { isOver, type State, stateOf } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";
import { type RouterProcess, startRouterProcess } from "./traffic-router/testing/router-process.ts";

let database: TestDatabase;
let lab: Lab;
let state: State;
let router: RouterProcess;

beforeAll(async () => {
  database = await openTestDatabase();
  lab = await openLab(database.ctx, database.url);
  state = stateOf(database.client.sql);
  router = await startRouterProcess({ databaseUrl: database.url, dataFolder: lab.dataFolder });
  await lab.startWorker("pause");
});
afterAll(async () => {
  await lab.close();
  await router.end();
  await database.close();
});

/** Writes down when it was asked, but for its health. */
const server = (file: string) => `const http = require("node:http");
const { appendFileSync } = require("node:fs");
http.createServer((request, response) => {
  if (request.url !== "/healthz") appendFileSync(${JSON.stringify(file)}, Date.now() + "\\n");
  response.end("ok");
}).listen(Number(process.env.PORT), process.env.HOST);
`;

async function deploy(service: LabService, files: Record<string, string>) {
  const commit = await service.repository.commit(files, "Change");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  const over = await until(() => state.deployment(id), isOver);
  return { ...over, log: await state.log(id) };
}

const numbers = (file: string) => readFileSync(file, "utf8").trim().split("\n").map(Number);

test("a migration has no request beside it, and none is refused", async () => {
  const service = await lab.addService("ledger");
  const [asked, ran] = [join(lab.openFolder, "asked"), join(lab.openFolder, "ran")];
  const settings = (seconds: number, pause: string) =>
    sampleSettings({
      instances: 1,
      more: `migrate: {run: "date +%s%3N >> ${ran}; sleep ${seconds}; date +%s%3N >> ${ran}", pause: ${pause}, repeatable: true, reversible: true}`,
    });
  const first = await deploy(service, sampleFiles({ settings: settings(0, "30s"), server: server(asked) }));
  expect(first.reason).toBeNull();
  expect(first.log).toContain("Nothing is live yet, so no request has to wait.");

  const client = constantClient(async () => [`http://127.0.0.1:${router.port}/ledger/staging/`]);
  const second = await deploy(service, { "anytime.yaml": settings(1, "30s") });
  expect(second.reason).toBeNull();
  expect(second.log).toContain("Requests are held, for 30.0 s at the most.");
  expect(second.log).toMatch(/Requests go on, after \d/);
  const [from = 0, to = 0] = numbers(ran).slice(-2);
  expect(to - from).toBeGreaterThan(900);
  expect(numbers(asked).filter((at) => at > from && at < to)).toEqual([]);

  const third = await deploy(service, { "anytime.yaml": settings(4, "2s") });
  expect(third.reason).toBeNull();
  expect(third.log).toContain("It took longer than requests may be held: they had gone on meanwhile.");
  const [since = 0, till = 0] = numbers(ran).slice(-2);
  expect(numbers(asked).filter((at) => at > since + 2_000 && at < till).length).toBeGreaterThan(0);
  const { failures, requests } = await client.stop();
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(10);
});

test("what does not end is waited for half of the pause at the most, and told of; so is a pause that was ended by hand", async () => {
  const service = await lab.addService("endless");
  const [opened, goOn] = [join(lab.openFolder, "opened"), join(lab.openFolder, "go-on")];
  const endless = `const http = require("node:http");
http.createServer((request, response) => {
  if (request.url === "/endless") return response.write("begun\\n");
  response.end("ok");
}).listen(Number(process.env.PORT), process.env.HOST);
`;
  const settings = sampleSettings({
    instances: 1,
    more: `migrate: {run: "touch ${opened}; until test -e ${goOn}; do sleep 0.1; done", pause: 8s, repeatable: true, reversible: true}`,
  });
  const without = sampleSettings({ instances: 1 });
  expect((await deploy(service, sampleFiles({ settings: without, server: endless }))).reason).toBeNull();
  const leaving = new AbortController();
  const stream = await fetch(`http://127.0.0.1:${router.port}/endless/staging/endless`, {
    signal: leaving.signal,
  });
  const over = deploy(service, { "anytime.yaml": settings });
  await until(async () => existsSync(opened), Boolean);
  const serviceEnvironmentId = service.staging;
  expect(await resumeTraffic(database.ctx, { serviceEnvironmentId })).toBe(true);
  // Somebody else's pause is not the migration's to end.
  await pauseTraffic(database.ctx, { serviceEnvironmentId, seconds: 30 });
  writeFileSync(goOn, "");
  const { log } = await over;
  expect(log).toContain("Still open of those that came before: 1.");
  expect(log).toContain("Requests had gone on before it was done: somebody let them go.");
  expect(await resumeTraffic(database.ctx, { serviceEnvironmentId })).toBe(true);
  leaving.abort();
  await stream.text().catch(() => "left");
});

test("a migration that fails lets requests go at once", async () => {
  const service = await lab.addService("fragile");
  const good = sampleSettings({ instances: 1 });
  expect((await deploy(service, sampleFiles({ settings: good }))).reason).toBeNull();
  const bad = `${good}\nmigrate: {run: "exit 3", pause: 30s}\n`;
  const failed = await deploy(service, { "anytime.yaml": bad });
  expect(failed.reason).toContain("exited with code 3");
  expect(failed.log).toContain("Requests go on, after");
  const answer = await fetch(`http://127.0.0.1:${router.port}/fragile/staging/`, {
    signal: AbortSignal.timeout(5_000),
  });
  expect(answer.status).toBe(200);
});
