import { appendFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findMarked } from "#server/kernel/process-identity.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import { type Lab, openLab, until } from "./deploy-worker/testing/open-lab.ts";
import { type OwnDatabase, openOwnDatabase } from "./deploy-worker/testing/open-own-database.ts";
import { type State, stateOf } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** A worker whose database is killed under it. */
let database: OwnDatabase;
let lab: Lab;
let state: State;

beforeAll(async () => {
  database = await openOwnDatabase();
  lab = await openLab(database.ctx, database.url);
  state = stateOf(database.client.sql);
});
afterAll(async () => {
  await lab.close();
  await database.close();
});

const untilSucceeded = (id: number) =>
  until(
    async () => state.deployment(id).catch(() => null),
    (row) => row?.status === "succeeded",
    30_000,
  );

test("a deployment during which the server is killed goes on, or begins again, and the next is heard of", async () => {
  const worker = await lab.startWorker("robbed");
  const service = await lab.addService("robbed");
  const settings = sampleSettings({ build: "echo begun; sleep 1; sh build.sh" });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Slow");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    () => state.log(id),
    (text) => text.includes("\nbegun"),
  );
  await database.kill();
  await untilSucceeded(id);
  const next = await lab.ask({
    serviceEnvironmentId: service.staging,
    commit: await service.repository.commit({ "second.txt": "2" }, "Second"),
  });
  await untilSucceeded(next);
  expect(await worker.stop("end")).toBe(0);
}, 90_000);

test("while the database is away, output stays within bounds, and a stop with `end` leaves no process", async () => {
  const worker = await lab.startWorker("bereft");
  const service = await lab.addService("bereft");
  const commit = await service.repository.commit(sampleFiles(), "First");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await untilSucceeded(id);
  const marks = ownerMarks(lab.dataFolder, "bereft");
  expect(findMarked(marks)).toHaveLength(2);
  const [instance] = await state.liveInstances(service.staging);
  const file = join(lab.dataFolder, `logs/instances/bereft/deployment-${id}-port-${instance?.port}.log`);
  await database.leave();
  await database.kill();
  await appendFile(file, Buffer.alloc(11 * 1024 * 1024, "x"));
  await until(
    async () => (await stat(file)).size,
    (bytes) => bytes < 1024,
  );
  expect((await stat(`${file}.1`)).size).toBe(10 * 1024 * 1024);
  expect(await worker.stop("end")).toBe(0);
  expect(findMarked(marks)).toEqual([]);
  await database.start();
  const next = await lab.startWorker("bereft");
  await until(
    () => state.liveInstances(service.staging),
    (rows) => rows.length === 2 && rows.every((row) => row.status === "healthy"),
  );
  expect(await next.stop("end")).toBe(0);
}, 90_000);

test("a stop does not wait for a deployment that can hand nothing on while the database is away", async () => {
  await database.start();
  const worker = await lab.startWorker("building");
  const service = await lab.addService("building");
  const settings = sampleSettings({ build: "echo begun; sleep 600" });
  const commit = await service.repository.commit(sampleFiles({ settings }), "Slow");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await until(
    () => state.log(id),
    (text) => text.includes("\nbegun"),
  );
  await database.leave();
  await database.kill();
  expect(await worker.stop("end")).toBe(0);
  expect(findMarked(ownerMarks(lab.dataFolder, "building"))).toEqual([]);
  await database.start();
});
