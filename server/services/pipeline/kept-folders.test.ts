import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { keepFolders, restoreFolders } from "./kept-folders.ts";
import { limitCaches } from "./limit-caches.ts";
import { lockfileKey } from "./lockfiles.ts";
import { makeScratch, writeFiles } from "./testing/scratch.ts";
import { listToolCaches, openToolCache } from "./tool-cache.ts";

const scratch = makeScratch();
afterAll(scratch.remove);

const caches = scratch.at("caches");
const folder = join(caches, "shop");
const checkout = scratch.at("checkout");
const cache = ["node_modules", ".next/cache"];
const same = "a".repeat(16);
const other = "b".repeat(16);
let notes: string[] = [];
const output = { note: (text: string) => notes.push(text), write: () => undefined };
beforeEach(() => {
  notes = [];
  for (const path of [caches, checkout]) rmSync(path, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(checkout);
});

const keep = (key = same, options: { serviceId?: number; replacesAll?: boolean } = {}) =>
  keepFolders({
    place: { folder, serviceId: options.serviceId ?? 1, key },
    ...{ folder: checkout, cache, account: null, output, replacesAll: options.replacesAll ?? false },
  });
const restore = (key = same, serviceId = 1) =>
  restoreFolders({
    place: { folder, serviceId, key },
    ...{ checkout, cache, temporaryFolder: scratch.at("unpacking"), output },
  });
function newCheckout(files: Record<string, string> = {}): void {
  rmSync(checkout, { recursive: true });
  mkdirSync(checkout);
  writeFiles(checkout, files);
}
const archives = () => readdirSync(folder).filter((name) => name.endsWith(".tar.zst"));

test("what one build keeps the next one finds, with its times", async () => {
  writeFiles(checkout, { "node_modules/a/index.js": "a", ".next/cache/x": "x", "src/own.js": "own" });
  const yesterday = new Date("2026-01-02T03:04:05Z");
  utimesSync(`${checkout}/node_modules/a/index.js`, yesterday, yesterday);
  await keep();
  newCheckout();
  await restore();
  expect(readFileSync(`${checkout}/node_modules/a/index.js`, "utf8")).toBe("a");
  expect(statSync(`${checkout}/node_modules/a/index.js`).mtime).toEqual(yesterday);
  expect(readdirSync(checkout).sort()).toEqual([".next", "node_modules"]);
  expect(existsSync(scratch.at("unpacking"))).toBe(false);
});

test("with other lockfiles the latest build's are taken, and said to be; the same ones come first", async () => {
  writeFiles(checkout, { "node_modules/v": "same" });
  await keep(same);
  newCheckout({ "node_modules/v": "other" });
  await keep(other);
  newCheckout();
  await restore("c".repeat(16));
  expect(notes.at(-1)).toContain("of the latest build; the lockfiles differ");
  newCheckout();
  await restore(same);
  expect(readFileSync(`${checkout}/node_modules/v`, "utf8")).toBe("same");
});

test("nothing of one service reaches another, even where it takes over the folder", async () => {
  writeFiles(checkout, { "node_modules/v": "theirs" });
  await keep(same, { serviceId: 1 });
  newCheckout();
  await restore(same, 2);
  expect(readdirSync(checkout)).toEqual([]);
});

test("what the repository has in the place stays, and no link of it is followed", async () => {
  writeFiles(checkout, { "node_modules/v": "kept", ".next/cache/x": "kept" });
  await keep();
  newCheckout({ "node_modules/v": "own" });
  mkdirSync(scratch.at("outside"), { recursive: true });
  symlinkSync(scratch.at("outside"), `${checkout}/.next`);
  await restore();
  expect(readFileSync(`${checkout}/node_modules/v`, "utf8")).toBe("own");
  expect(readdirSync(scratch.at("outside"))).toEqual([]);
  expect(notes.at(-1)).toContain("Restored nothing");
});

test("one that is damaged is removed, and the build goes on without", async () => {
  writeFiles(checkout, { "node_modules/v": "kept" });
  await keep();
  writeFileSync(join(folder, archives()[0] ?? ""), "damaged");
  newCheckout();
  await restore();
  expect(readdirSync(checkout)).toEqual([]);
  expect(archives()).toEqual([]);
  expect(notes.at(-1)).toContain("cannot be used and is removed");
});

test("what cannot be kept is said and fails nothing; a few are kept, or only the new one", async () => {
  await keep();
  expect(notes.at(-1)).toContain("There is none of node_modules, .next/cache to keep");
  mkdirSync(`${checkout}/node_modules`);
  symlinkSync("/etc", `${checkout}/node_modules/way`);
  await keep();
  expect(notes.at(-1)).toContain(
    "cannot be kept for the next build: node_modules/way is a symbolic link to /etc",
  );
  for (const letter of ["a", "b", "c", "d"]) {
    newCheckout({ "node_modules/v": letter });
    await keep(letter.repeat(16));
  }
  expect(archives()).toHaveLength(3);
  await keep(same, { replacesAll: true });
  expect(archives()).toHaveLength(1);
});

test("a key changes with the lockfiles and the kept folders, not with the rest", () => {
  writeFiles(checkout, { "package-lock.json": "{}", "src/a.js": "a" });
  const key = lockfileKey([checkout], cache);
  writeFiles(checkout, { "src/a.js": "b" });
  expect(lockfileKey([checkout, checkout], [...cache].reverse())).toBe(key);
  expect(lockfileKey([checkout], ["node_modules"])).not.toBe(key);
  writeFiles(checkout, { "package-lock.json": '{"a": 1}' });
  expect(lockfileKey([checkout], cache)).not.toBe(key);
});

test("tools keep their folder until it is to be a new one, or grows too large", async () => {
  const first = await openToolCache(folder, null, { anew: false });
  expect(await openToolCache(folder, null, { anew: false })).toBe(first);
  writeFileSync(`${first}/fetched`, "x".repeat(100_000));
  await limitCaches(caches, 100_000);
  const second = await openToolCache(folder, null, { anew: false });
  expect(second).not.toBe(first);
  expect(existsSync(first)).toBe(true);
});

test("beyond the limit what was used longest ago goes, tools of today stay", async () => {
  const at = (days: number) => new Date(Date.now() - days * 24 * 3_600_000);
  const old = `${folder}/tools-1`;
  const files = ["1", "2"].map((id) => join(folder, `${id}-${same}-${"0".repeat(64)}.tar.zst`));
  mkdirSync(old);
  writeFileSync(`${old}/x`, "x".repeat(50_000));
  for (const file of files) writeFileSync(file, "x".repeat(50_000));
  const [older = "", newer = ""] = files;
  utimesSync(older, at(5), at(5));
  utimesSync(newer, at(1), at(1));
  const today = await openToolCache(folder, null, { anew: true });
  writeFileSync(`${today}/x`, "x".repeat(10_000));
  utimesSync(old, at(3), at(3));
  await limitCaches(caches, 80_000);
  expect([older, old, newer, today].map((path) => existsSync(path))).toEqual([false, false, true, true]);
  expect(await listToolCaches(folder)).toEqual([today]);
});
