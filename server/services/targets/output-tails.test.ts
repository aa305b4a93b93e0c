import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { maskSecrets } from "#server/domain/mask-secrets.ts";
import { OutputTails } from "./output-tails.ts";
import { readOutput } from "./read-output.ts";
import { watchOutput } from "./watch-output.ts";

let database: TestDatabase;
let rows: TrafficRows;
let folder: string;
let file: string;
let instanceId: number;
let tails: OutputTails;

beforeAll(async () => {
  database = await openTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "anytime-output-"));
  rows = await insertServiceEnvironment(database.client.sql, { service: "shop", environment: "staging" });
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
beforeEach(async () => {
  count += 1;
  file = join(folder, `${count}.log`);
  const { sql } = database.client;
  instanceId = await insertInstance(sql, rows, { pool: "blue", port: 4_000 + count });
  await sql`update instances set output_file = ${file} where id = ${instanceId}`;
  tails = openTails();
});

let hidden: string[];

function openTails(): OutputTails {
  hidden = ["correct horse"];
  return new OutputTails(database.ctx, { workerId: rows.workerId, maskOf: async () => maskSecrets(hidden) });
}

const read = () => readOutput(database.ctx, { instanceId, afterLine: 0, limit: 100_000 });
const shown = async () => (await read()).lines.map((line) => line.text);

/** What a worker does again and again. */
async function round(worker = tails): Promise<void> {
  await worker.reconcile();
  await worker.look();
}

test("told twice at the same time that somebody looks, a worker shows a line once", async () => {
  writeFileSync(file, "one\n");
  await watchOutput(database.ctx, { instanceId });
  const first = tails.reconcile();
  const second = tails.reconcile();
  await first;
  await tails.look();
  await second;
  await tails.look();
  expect(await shown()).toEqual(["one"]);
});

test("nothing leaves the worker's machine until somebody looks", async () => {
  writeFileSync(file, "one\n");
  await round();
  expect(await shown()).toEqual([]);
  await watchOutput(database.ctx, { instanceId });
  await round();
  expect(await shown()).toEqual(["one"]);
});

test("what comes is added, masked however it was written, and numbered without gaps", async () => {
  writeFileSync(file, "a correct horse\nhalf");
  await watchOutput(database.ctx, { instanceId });
  await round();
  appendFileSync(file, " a line\nthe correct ");
  await round();
  appendFileSync(file, "horse again\n");
  await round();
  const { lines, firstLine, lineCount } = await read();
  expect(lines.map((line) => [line.number, line.text])).toEqual([
    [1, "a ***"],
    [2, "half a line"],
    [3, "the *** again"],
  ]);
  expect([firstLine, lineCount]).toEqual([1, 3]);
});

test("of a long file the end is shown, from a whole line on", async () => {
  const lines = Array.from({ length: 20_000 }, (_, line) => `line ${line} ${"x".repeat(40)}`);
  writeFileSync(file, `${lines.join("\n")}\n`);
  await watchOutput(database.ctx, { instanceId });
  await round();
  const texts = await shown();
  expect(texts.length).toBeLessThan(10_000);
  expect(texts).toEqual(lines.slice(-texts.length));
});

test("where the end of a long file is the middle of a line, nothing shows before the next one", async () => {
  const longest = 256 * 1024;
  writeFileSync(file, `${"x".repeat(100)}correct horse${"x".repeat(longest - "horse".length)}`);
  await watchOutput(database.ctx, { instanceId });
  await round();
  appendFileSync(file, "still of that line");
  await round();
  appendFileSync(file, " and its end\nnext\n");
  await round();
  expect(await shown()).toEqual(["next"]);
});

test("a secret that is set while somebody looks is hidden in what was shown, too", async () => {
  writeFileSync(file, "battery staple\nbattery ");
  await watchOutput(database.ctx, { instanceId });
  await round();
  expect(await shown()).toEqual(["battery staple"]);
  hidden.push("battery staple");
  await database.client.sql`
    insert into secrets (service_environment_id, name, sealed_value, made_by_name)
    select service_environment_id, 'PHRASE', 'sealed:none', 'Grace' from instances where id = ${instanceId}`;
  await round();
  appendFileSync(file, "staple\n");
  await round();
  // A pause ends what might have been the beginning of something longer.
  await round();
  expect(await shown()).toEqual(["***", "***"]);
});

test("an output that cannot be shown keeps no other from being shown", async () => {
  const other = await insertInstance(database.client.sql, rows, { pool: "blue", port: 5_000 });
  writeFileSync(file, "one\n");
  await watchOutput(database.ctx, { instanceId: other });
  await watchOutput(database.ctx, { instanceId });
  // A folder opens as a file does, and cannot be read.
  await database.client.sql`update instances set output_file = ${folder} where id = ${other}`;
  await tails.reconcile();
  await expect(tails.look()).rejects.toThrow("EISDIR");
  expect(await shown()).toEqual(["one"]);
  await database.client.sql`update instances set output_watched_until = null where id = ${other}`;
});

test("an output without end stays within bounds, and what is no longer shown is said so", async () => {
  writeFileSync(file, "");
  await watchOutput(database.ctx, { instanceId });
  const block = `${"y".repeat(99)}\n`.repeat(2_000);
  for (let times = 0; times < 10; times += 1) {
    appendFileSync(file, block);
    await round();
  }
  const { lines, firstLine, lineCount } = await read();
  expect(lineCount).toBe(20_000);
  expect(lines.length).toBeLessThanOrEqual(10_486);
  expect(lines[0]?.number).toBe(firstLine);
});

test("a file that its keeper has cut short is read on from its beginning", async () => {
  writeFileSync(file, "before\n");
  await watchOutput(database.ctx, { instanceId });
  await round();
  truncateSync(file, 0);
  appendFileSync(file, "new\n");
  await round();
  expect(await shown()).toEqual(["before", "new"]);
});

test("when nobody looks any more nothing of it stays in the database", async () => {
  writeFileSync(file, "one\n");
  await watchOutput(database.ctx, { instanceId });
  await round();
  await database.client
    .sql`update instances set output_watched_until = now() - interval '1 s' where id = ${instanceId}`;
  await round();
  expect(await shown()).toEqual([]);
});

test("a worker that starts anew shows the end of the file again, once, and numbers on", async () => {
  writeFileSync(file, "one\ntwo\n");
  await watchOutput(database.ctx, { instanceId });
  await round();
  await round(openTails());
  const { lines, firstLine } = await read();
  expect(lines.map((line) => [line.number, line.text])).toEqual([
    [3, "one"],
    [4, "two"],
  ]);
  expect(firstLine).toBe(3);
});

test("an instance that has ended is not watched, and says that no more comes", async () => {
  await database.client.sql`update instances set status = 'ended' where id = ${instanceId}`;
  await watchOutput(database.ctx, { instanceId });
  await round();
  expect(await read()).toEqual({ lines: [], firstLine: 1, lineCount: 0, isComplete: true });
  await expect(readOutput(database.ctx, { instanceId: 999_999, afterLine: 0, limit: 1 })).rejects.toThrow(
    "no instance",
  );
});
