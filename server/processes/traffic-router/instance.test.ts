import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Instance } from "./instance.ts";

let told: string[];
let instance: Instance;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  told = [];
  instance = new Instance("127.0.0.1", 1, (_, what) => told.push(what));
});
afterEach(() => vi.useRealTimers());

function fail(times: number): void {
  for (let count = 0; count < times; count += 1) instance.failed();
}

/** Whether it is left out for so long, and may be tried then. */
function isLeftOutFor(ms: number): boolean {
  vi.advanceTimersByTime(ms - 1);
  const before = instance.mayTake();
  vi.advanceTimersByTime(1);
  return !before && instance.mayTake();
}

it("is left out for longer each time it was tried in vain, up to half a minute", () => {
  fail(3);
  for (const seconds of [2, 4, 8, 16, 30, 30]) {
    expect(isLeftOutFor(seconds * 1_000)).toBe(true);
    instance.failed();
  }
  expect(told).toEqual(["ejected"]);
});

it("is left out no longer because many requests broke in one moment", () => {
  fail(50);
  expect(isLeftOutFor(2_000)).toBe(true);
  instance.answered();
  expect(told).toEqual(["ejected", "back"]);
});

it("is tried by one request at a time", () => {
  fail(3);
  expect(isLeftOutFor(2_000)).toBe(true);
  expect(instance.mayTake()).toBe(false);
});

it("takes part as before after failures that were not in a row", () => {
  fail(2);
  instance.answered();
  fail(2);
  expect(instance.mayTake()).toBe(true);
  expect(told).toEqual([]);
});
