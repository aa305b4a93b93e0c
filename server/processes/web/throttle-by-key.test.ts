import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { throttleByKey } from "./throttle-by-key.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a key is told at once, then at most once in its time, and the last push is never lost", () => {
  const told: string[] = [];
  const news = throttleByKey(25, (key) => told.push(key));
  for (let push = 0; push < 50; push += 1) news.push("9");
  expect(told).toEqual(["9"]);
  vi.advanceTimersByTime(24);
  expect(told).toEqual(["9"]);
  vi.advanceTimersByTime(1);
  expect(told).toEqual(["9", "9"]);
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual(["9", "9"]);
  news.push("9");
  expect(told).toHaveLength(3);
});

test("keys do not wait for each other, and nothing is told after the end", () => {
  const told: string[] = [];
  const news = throttleByKey(25, (key) => told.push(key));
  for (const key of ["1", "2", "1", "2"]) news.push(key);
  expect(told).toEqual(["1", "2"]);
  news.stop();
  vi.advanceTimersByTime(1_000);
  expect(told).toEqual(["1", "2"]);
});
