import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { constantClient } from "./deploy-worker/testing/hostile-service.ts";
import { type Lab, openLab, until } from "./deploy-worker/testing/open-lab.ts";
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
  await lab.startWorker("health");
});
afterAll(async () => {
  await lab.close();
  await router.end();
  await database.close();
});

/** Unwell once it is asked to be, and well again; answers its users all the same, with an error. */
const moody = `const http = require("node:http");
let isWell = true;
http.createServer((request, response) => {
  if (request.url === "/sicken") isWell = false;
  if (request.url === "/recover") isWell = true;
  response.statusCode = isWell || request.url === "/recover" || request.url === "/sicken" ? 200 : 503;
  response.end("ok");
}).listen(Number(process.env.PORT), process.env.HOST);
`;

test("an instance whose health path answers with an error takes no requests until it answers well", async () => {
  const service = await lab.addService("moody");
  const settings = sampleSettings({ instances: 2 });
  const commit = await service.repository.commit(sampleFiles({ settings, server: moody }), "Change");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  expect((await until(() => state.deployment(id), isOver)).reason).toBeNull();
  const [first, second] = await state.liveInstances(service.staging);
  const at = (path: string, port = first?.port) => fetch(`http://127.0.0.1:${port}${path}`);
  const statusOf = async (instance = first) =>
    (await state.instances(service.staging)).find((row) => row.id === instance?.id)?.status;
  const address = `http://127.0.0.1:${router.port}/moody/staging/`;

  await at("/sicken");
  await until(statusOf, (status) => status === "unhealthy");
  await until(
    async () =>
      (await Promise.all(Array.from({ length: 8 }, () => fetch(address)))).map(({ status }) => status),
    (answers) => answers.every((status) => status === 200),
  );
  const client = constantClient(async () => [address]);
  await at("/sicken", second?.port);
  await until(
    () => statusOf(second),
    (status) => status === "unhealthy",
  );
  await until(
    async () => (await fetch(address)).text(),
    (page) => page.includes("This service takes no requests at the moment."),
  );
  await client.stop();

  await at("/recover");
  await until(statusOf, (status) => status === "healthy");
  await until(
    () => fetch(address),
    ({ status }) => status === 200,
  );
  const [row] = await state.instances(service.staging);
  expect(row).toMatchObject({ id: first?.id, restarts: 0, pid: first?.pid });
});
