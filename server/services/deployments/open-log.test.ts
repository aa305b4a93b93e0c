import { asc, eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deployments, logChunks } from "#db/schema/deployments.ts";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { stepNames } from "#server/domain/deployment.ts";
import { claim } from "./claim.ts";
import { finishCancel } from "./finish-cancel.ts";
import type { Lease } from "./lease.ts";
import { LineSplitter } from "./line-splitter.ts";
import { openLog } from "./open-log.ts";
import { registerWorker } from "./register-worker.ts";
import { request } from "./request.ts";

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
  await request(ctx, {
    serviceEnvironmentId,
    kind: "deploy",
    sha: "a".repeat(40),
    subject: "Change",
    authorName: "Ada",
    releaseId: null,
    reasons: [],
    steps: stepNames.map((name) => ({ name, skip: null })),
  });
  const lease = await claim(ctx, { workerId });
  if (lease === null) throw new Error("Nothing to claim.");
  return lease;
}

async function readLines(lease: Lease): Promise<string[]> {
  const chunks = await database.ctx.db
    .select()
    .from(logChunks)
    .where(eq(logChunks.deploymentId, lease.deploymentId))
    .orderBy(asc(logChunks.firstLine));
  let next = 1;
  for (const chunk of chunks) {
    expect(chunk.firstLine).toBe(next);
    next += chunk.lineCount;
    expect(chunk.text.split("\n")).toHaveLength(chunk.lineCount);
  }
  return chunks.flatMap((chunk) => chunk.text.split("\n"));
}

function split(...chunks: (string | Uint8Array)[]): string[] {
  const splitter = new LineSplitter();
  const lines = chunks.flatMap((chunk) =>
    splitter.push(typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk),
  );
  return [...lines, ...splitter.end()];
}

test("lines come whole however the output was cut, also amid a character", () => {
  const bytes = new TextEncoder().encode("größe 🚀\nzwei");
  for (let at = 0; at < bytes.length; at += 1) {
    expect(split(bytes.subarray(0, at), bytes.subarray(at))).toEqual(["größe 🚀", "zwei"]);
  }
});

test("of a line that overwrites itself the last state is kept; line ends of Windows are no overwriting", () => {
  expect(split("10%\r50%\r100%\ndone\r\n")).toEqual(["100%", "done"]);
  expect(split("10%\r", "50%\r", "\nnext")).toEqual(["50%", "next"]);
});

test("NUL is dropped and invalid UTF-8 replaced", () => {
  expect(split(new Uint8Array([97, 0, 255, 98, 10]))).toEqual(["a\uFFFDb"]);
});

test("an overlong line is stored in pieces that lose nothing, and never cut a character", () => {
  const long = `${"x".repeat(16 * 1024 - 1)}🚀${"y".repeat(40_000)}`;
  const lines = split(long, "\nshort\n");
  expect(lines.slice(0, -1).join("")).toBe(long);
  expect(lines.every((line) => line.length <= 16 * 1024 && line.isWellFormed())).toBe(true);
});

test("everything that was written is stored, numbered over steps and attempts", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease);
  const build = log.step("build");
  for (let line = 0; line < 3_000; line += 1) await build.write(new TextEncoder().encode(`line ${line}\n`));
  await build.write(new TextEncoder().encode("no line feed"));
  await build.end();
  log.step("test").note("two\nlines");
  await log.close();
  const again = await openLog(database.ctx, lease);
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

test("a note with a NUL is stored without it, and what comes after a step's end is dropped", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease);
  const build = log.step("build");
  build.note("a\0b\ud800c");
  await build.end();
  await build.write(new TextEncoder().encode("too late\n"));
  build.note("too late");
  log.step("test").note("next");
  await log.close();
  expect(await readLines(lease)).toEqual(["[anytime] ab\uFFFDc", "[anytime] next"]);
});

test("beyond 16 MiB a step's output is dropped, and the log says so", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease);
  const build = log.step("build");
  const block = new TextEncoder().encode(`${"0123456789abcde\n".repeat(4_096)}`);
  for (let written = 0; written < 40; written += 1)
    for (let times = 0; times < 16; times += 1) await build.write(block);
  await build.end();
  const lines = await readLines(lease);
  expect(lines.length).toBeLessThan(1_060_000);
  expect(lines.at(-1)).toContain("16 MiB");
}, 60_000);

test("a log whose lease is gone stores nothing more, and does not hold anybody up", async () => {
  const lease = await claimNew();
  const log = await openLog(database.ctx, lease);
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
