import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

test("a few at once, in the order in which they came, and no more wait than are allowed to", async () => {
  const turns = new Turns({ atOnce: 2, mostWaiting: 3 });
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const work = (n: number) => () =>
    new Promise<number>((resolve) => {
      begun.push(n);
      ends.push(() => resolve(n));
    });
  const all = [0, 1, 2, 3, 4].map((n) => turns.take(work(n)));
  expect(begun).toEqual([0, 1]);
  await expect(turns.take(work(5))).rejects.toThrow("Very many");
  for (let n = 0; n < 5; n += 1) {
    ends[n]?.();
    await all[n];
  }
  expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
  expect(begun).toEqual([0, 1, 2, 3, 4]);
});

test("work that fails gives its turn on", async () => {
  const turns = new Turns({ atOnce: 1, mostWaiting: 1 });
  const failing = turns.take(async () => {
    throw new Error("It broke.");
  });
  const next = turns.take(async () => "done");
  await expect(failing).rejects.toThrow("It broke.");
  await expect(next).resolves.toBe("done");
});
