import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { withMirrorLock } from "./mirror-lock.ts";
import { makeScratch } from "./testing/scratch.ts";

const scratch = makeScratch();
afterAll(scratch.remove);
const file = scratch.at("mirror.lock");

test("one holder at a time", async () => {
  let holders = 0;
  let most = 0;
  const hold = () =>
    withMirrorLock(file, async () => {
      holders += 1;
      most = Math.max(most, holders);
      await new Promise((resolve) => setImmediate(resolve));
      holders -= 1;
    });
  await Promise.all(Array.from({ length: 10 }, hold));
  expect(most).toBe(1);
  expect(readdirSync(scratch.folder)).toEqual([]);
});

test("a lock whose holder is dead is taken over, by one", async () => {
  const dead = spawnSync("true").pid;
  writeFileSync(file, String(dead));
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((n) => withMirrorLock(file, async () => void order.push(n))));
  expect(order.sort()).toEqual([1, 2, 3]);
  expect(existsSync(file)).toBe(false);
});

test("it is free again after a failure", async () => {
  await expect(withMirrorLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await withMirrorLock(file, async () => "free")).toBe("free");
});
