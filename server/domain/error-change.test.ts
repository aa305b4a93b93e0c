import { expect, test } from "vitest";
import { errorChange } from "./error-change.ts";

const of = (count: number, exposure: number) => ({ count, exposure });

test.each([
  ["new", of(1, 1_000), of(0, 1_000), true],
  // The release before tells of it too, side by side: it is no news of this one.
  ["as-before", of(1, 1_000), of(1, 1_000), true],
  ["as-before", of(3, 1_000), of(0, 1_000), false],
  ["grew", of(30, 1_000), of(3, 1_000), false],
  // Twice as many, of twice as many requests.
  ["as-before", of(200, 2_000), of(100, 1_000), false],
  ["as-before", of(130, 1_000), of(100, 1_000), false],
  ["grew", of(40, 100), of(10, 1_000), false],
  ["gone", of(0, 1_000), of(40, 1_000), false],
  ["as-before", of(0, 10), of(40, 1_000), false],
  ["as-before", of(4, 0), of(1, 0), false],
  ["as-before", of(9, 100), of(0, 0), false],
] as const)("%s: %o against %o", (change, ofNew, ofOld, isFirst) => {
  expect(errorChange(ofNew, ofOld, isFirst)).toBe(change);
});
