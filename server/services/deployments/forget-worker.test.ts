import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { workers } from "#db/schema/workers.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { followAudit } from "#db/testing/follow-audit.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { Context } from "#server/kernel/context.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { claim } from "./claim.ts";
import { forgetWorker } from "./forget-worker.ts";
import { heartbeatWorker } from "./heartbeat-worker.ts";
import { listWorkers } from "./list-workers.ts";
import { registerWorker, type WorkerLife } from "./register-worker.ts";
import { requestSample } from "./request-sample.ts";
import { retireWorker } from "./retire-worker.ts";

let database: TestDatabase;
let rows: TrafficRows;
let life: WorkerLife;
let workerId: number;
let admin: Context;
const identity = { name: "gone", host: "web-1", pid: 7, capacity: 2 };

beforeAll(async () => {
  database = await openTestDatabase();
  rows = await insertServiceEnvironment(database.client.sql, { service: "shop", environment: "staging" });
  const person = { kind: "user", id: 1, name: "Ada", email: "ada@example.org", role: "admin" } as const;
  admin = { ...database.ctx, actor: person };
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.client.sql`delete from instances`;
  await database.client.sql`delete from deployments`;
  life = await registerWorker(database.ctx, identity);
  workerId = life.id;
});

const names = async () => (await listWorkers(database.ctx)).map(({ name }) => name);
const forget = () => forgetWorker(admin, { workerId, instancesGone: 0 });
const fallSilent = () =>
  database.ctx.db
    .update(workers)
    .set({ heartbeatAt: sql`clock_timestamp() - interval '1 minute'` })
    .where(eq(workers.id, workerId));

test("one that stopped or fell silent is forgotten once, and that is recorded", async () => {
  for (const goAway of [() => retireWorker(database.ctx, life), fallSilent]) {
    life = await registerWorker(database.ctx, identity);
    await goAway();
    const audited = await followAudit(database.client.sql);
    await forget();
    expect(await names()).not.toContain("gone");
    await expect(forget()).rejects.toThrow(NotFoundError);
    expect((await audited()).map(({ action, by }) => [action, by])).toEqual([
      ["deployments/forget-worker", "Ada"],
    ]);
  }
});

test("one that is heard again is known again, by its heartbeat or by its next start", async () => {
  await fallSilent();
  await forget();
  await heartbeatWorker(database.ctx, life);
  expect(await names()).toContain("gone");
  await fallSilent();
  await forget();
  expect(await registerWorker(database.ctx, identity)).toMatchObject({ id: workerId });
  expect(await names()).toContain("gone");
});

test("one that is alive, runs something or looks after instances is not, and the reason is said", async () => {
  await expect(forget()).rejects.toThrow("gone is alive. Stop it first. Nothing was changed.");
  await requestSample(database.ctx, rows.serviceEnvironmentId);
  await claim(database.ctx, { workerId });
  await fallSilent();
  await expect(forget()).rejects.toThrow("What gone ran has not passed on to another worker yet.");
  await database.client.sql`delete from deployments`;
  await insertInstance(database.client.sql, { ...rows, workerId }, { pool: "blue", port: 1 });
  await expect(forget()).rejects.toThrow("gone looks after 1 instance.");
  await database.client.sql`update instances set status = 'ended'`;
  await forget();
  expect(await names()).not.toContain("gone");
});

test("only an administrator forgets a worker", async () => {
  await fallSilent();
  const actor = { kind: "user", id: 2, name: "Eve", email: "eve@example.org", role: "engineer" } as const;
  await expect(forgetWorker({ ...database.ctx, actor }, { workerId, instancesGone: 0 })).rejects.toThrow(
    ForbiddenError,
  );
  expect(await names()).toContain("gone");
});
