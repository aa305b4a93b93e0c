import { buffer } from "node:stream/consumers";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deployments } from "#db/schema/deployments.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { maskSecrets } from "#server/domain/mask-secrets.ts";
import { cancel } from "./cancel.ts";
import { claim } from "./claim.ts";
import { finishCancel } from "./finish-cancel.ts";
import { getDeployment } from "./get-deployment.ts";
import { keepLogDays } from "./keep-log-days.ts";
import type { Lease } from "./lease.ts";
import { openLog } from "./open-log.ts";
import { readLog } from "./read-log.ts";
import { registerWorker } from "./register-worker.ts";
import { requestSample } from "./request-sample.ts";
import { searchLog } from "./search-log.ts";
import { streamLog } from "./stream-log.ts";

let database: TestDatabase;
let workerId: number;

beforeAll(async () => {
  database = await openTestDatabase();
  const worker = { name: "one", host: "here", pid: 1, capacity: 99 };
  workerId = (await registerWorker(database.ctx, worker)).id;
});
afterAll(() => database.close());

let services = 0;
async function claimNew(): Promise<Lease> {
  const { ctx, client } = database;
  services += 1;
  const { serviceEnvironmentId } = await insertServiceEnvironment(client.sql, {
    service: `service-${services}`,
    environment: "staging",
  });
  await requestSample(ctx, serviceEnvironmentId);
  const lease = await claim(ctx, { workerId });
  if (lease === null) throw new Error("Nothing to claim.");
  return lease;
}

const noMask = maskSecrets([]);

async function readLines(lease: Lease): Promise<string[]> {
  const { deploymentId } = lease;
  const { lines, lineCount } = await readLog(database.ctx, { deploymentId, afterLine: 0, limit: 10_000_000 });
  expect(lines.map((line) => line.number)).toEqual(
    Array.from({ length: lineCount }, (_, index) => index + 1),
  );
  return lines.map((line) => line.text);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

test("everything that was written is stored, numbered over steps and attempts", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, noMask);
  const build = log.step("build");
  for (let line = 0; line < 3_000; line += 1) await build.write(bytes(`line ${line}\n`));
  await build.write(bytes("no line feed"));
  await build.end();
  log.step("test").note("two\nlines");
  await log.close();
  const again = await openLog(database.ctx, lease, noMask);
  again.step("test").note("second attempt");
  await again.close();
  const lines = await readLines(lease);
  expect(lines).toHaveLength(3_004);
  expect(lines.slice(2_999)).toEqual([
    "line 2999",
    "no line feed",
    "[anytime] two",
    "[anytime] lines",
    "[anytime] second attempt",
  ]);
});

test("a note is stored as text whatever is in it, and what comes after a step's end is dropped", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, noMask);
  const build = log.step("build");
  build.note("a\0b\ud800c");
  await build.end();
  await build.write(bytes("too late\n"));
  build.note("too late");
  log.step("test").note("next");
  await log.close();
  expect(await readLines(lease)).toEqual(["[anytime] a\0b\uFFFDc", "[anytime] next"]);
});

test("secrets are masked in output and notes, across writes, lines and a step's end", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, maskSecrets(["correct horse", "battery"]));
  const build = log.step("build");
  await build.write(bytes("a correct h"));
  await build.write(bytes("orse b\na bat"));
  await build.write(bytes("tery"));
  build.note("ran with battery");
  await build.write(bytes("batt"));
  await build.end();
  expect(await readLines(lease)).toEqual(["a *** b", "a ***", "[anytime] ran with ***", "batt"]);
});

test("a line that ends as a secret begins is stored without waiting for the next one", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, maskSecrets(["enormous"]));
  const build = log.step("build");
  await build.write(bytes("done\n"));
  await expect.poll(() => readLines(lease)).toEqual(["done"]);
  await build.end();
});

test("what was stored before its writer died is there, and the next attempt goes on after it", async () => {
  const lease = await claimNew();
  const lost = await openLog(database.ctx, lease, noMask);
  await lost.step("build").write(bytes("one\ntwo\nthr"));
  await expect.poll(() => readLines(lease)).toEqual(["one", "two"]);
  const next = await openLog(database.ctx, lease, noMask);
  next.step("build").note("again");
  await next.close();
  expect(await readLines(lease)).toEqual(["one", "two", "[anytime] again"]);
});

test("any range is read, with its times; the raw log is what was printed, with sequences or without", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, noMask);
  const build = log.step("build");
  const red = (line: number) => `\u001b[31mline ${line}\u001b[0m ${"x".repeat(90)}\n`;
  for (let line = 1; line <= 5_000; line += 1) await build.write(bytes(red(line)));
  await build.write(new Uint8Array([255, 0, 97, 10]));
  await build.end();
  const { deploymentId } = lease;
  const { lines, lineCount } = await readLog(database.ctx, { deploymentId, afterLine: 2_499, limit: 2 });
  expect([lineCount, lines.map((line) => line.number)]).toEqual([5_001, [2_500, 2_501]]);
  expect(lines[0]).toMatchObject({ step: "build", text: red(2_500).trimEnd(), omitted: 0 });
  expect(Date.parse(lines[0]?.printedAt ?? "")).toBeGreaterThan(0);
  const raw = await streamed(deploymentId, false);
  expect(
    raw.equals(
      Buffer.concat([
        ...Array.from({ length: 5_000 }, (_, at) => bytes(red(at + 1))),
        Buffer.from([255, 0, 97, 10]),
      ]),
    ),
  ).toBe(true);
  const plain = (await streamed(deploymentId, true)).toString();
  expect(plain.split("\n").slice(4_999, 5_001)).toEqual([`line 5000 ${"x".repeat(90)}`, "\uFFFDa"]);
});

async function streamed(deploymentId: number, isPlain: boolean): Promise<Buffer> {
  return buffer(streamLog(database.ctx, { deploymentId, isPlain }));
}

test("of a very long line the screen gets the beginning, and how much more there is", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, noMask);
  await log.step("build").write(bytes(`${"x".repeat(9_000)}\n`));
  await log.close();
  const { lines } = await readLog(database.ctx, { deploymentId: lease.deploymentId, afterLine: 0, limit: 1 });
  expect(lines[0]).toMatchObject({ text: "x".repeat(4_000), omitted: 5_000 });
});

test("the whole log is searched, whatever the case and beneath colours, in bounded answers", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, noMask);
  const build = log.step("build");
  for (let line = 1; line <= 30_000; line += 1) {
    const text = line % 10_000 === 0 ? "\u001b[31mER\u001b[1mROR\u001b[0m: error" : "nothing special here";
    await build.write(bytes(`${text} ${line}\n`));
  }
  await build.end();
  const { deploymentId } = lease;
  const search = { deploymentId, text: "Error", afterLine: 0, limit: 1_000 };
  expect(await searchLog(database.ctx, search)).toEqual({
    matches: [10_000, 20_000, 30_000],
    nextAfterLine: null,
  });
  expect(await searchLog(database.ctx, { ...search, limit: 2 })).toEqual({
    matches: [10_000, 20_000],
    nextAfterLine: 20_000,
  });
  expect(await searchLog(database.ctx, { ...search, afterLine: 20_000 })).toMatchObject({
    matches: [30_000],
  });
  expect(await searchLog(database.ctx, { ...search, text: "[31m" })).toMatchObject({ matches: [] });
});

test("logs go with their day; the deployment stays and knows that its log is gone", async () => {
  const { ctx } = database;
  const lease = await claimNew();
  const day = "2020-02-03";
  await ctx.db.execute(sql`select open_log_day(${day}::date)`);
  await ctx.db.update(deployments).set({ logDay: day }).where(eq(deployments.id, lease.deploymentId));
  const log = await openLog(ctx, lease, noMask);
  log.step("build").note("old");
  await log.close();
  expect((await getDeployment(ctx, lease.deploymentId)).log).toEqual({ lineCount: 1, isGone: false });
  const fresh = await claimNew();
  const freshLog = await openLog(ctx, fresh, noMask);
  freshLog.step("build").note("new");
  await freshLog.close();
  expect(await keepLogDays(ctx, 90)).toEqual({ droppedDays: 1 });
  expect(await keepLogDays(ctx, 90)).toEqual({ droppedDays: 0 });
  expect((await getDeployment(ctx, lease.deploymentId)).log).toEqual({ lineCount: 0, isGone: true });
  expect(await readLines(lease)).toEqual([]);
  expect(await readLines(fresh)).toEqual(["[anytime] new"]);
});

test("a log whose lease is gone stores nothing more, and does not hold anybody up", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease, noMask);
  await cancel(database.ctx, { deploymentId: lease.deploymentId });
  await finishCancel(database.ctx, lease);
  log.step("build").note("too late");
  await log.close();
  expect(await readLines(lease)).toEqual([]);
  const [row] = await database.ctx.db
    .select()
    .from(deployments)
    .where(eq(deployments.id, lease.deploymentId));
  expect(row?.status).toBe("cancelled");
});
