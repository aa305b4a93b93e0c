import fc from "fast-check";
import { expect, test } from "vitest";
import { choosePool, type PoolColor, type PoolState, poolColors, poolStatuses, warmPool } from "./pools.ts";

const pool = (color: PoolColor, state: Partial<PoolState> = {}): PoolState => ({
  ...{ color, status: "empty", releaseId: null, isReleaseBad: false, deploymentId: null },
  ...state,
});
const ready = (color: PoolColor, releaseId: number, isReleaseBad = false) =>
  pool(color, { status: "ready", releaseId, deploymentId: releaseId, isReleaseBad });

test("blue and green take turns while all is well", () => {
  const first = [pool("blue"), pool("green"), pool("violet")];
  expect(choosePool({ pools: first, taken: [null], protectedReleaseId: null })).toBe("blue");
  const second = [ready("blue", 1), pool("green"), pool("violet")];
  expect(choosePool({ pools: second, taken: ["blue"], protectedReleaseId: null })).toBe("green");
  const third = [ready("blue", 1), ready("green", 2), pool("violet")];
  expect(choosePool({ pools: third, taken: ["green"], protectedReleaseId: null })).toBe("blue");
});

test("while the live release is bad, the fix starts in the third and the way back stays", () => {
  const pools = [ready("blue", 1), ready("green", 2, true), pool("violet")];
  const place = { pools, taken: ["green" as const], protectedReleaseId: 1 };
  expect(choosePool(place)).toBe("violet");
  expect(warmPool(place, 1)).toBe("blue");
});

test("a second attempt at the fix takes the first one's place, and what comes after it that of the bad one", () => {
  const failedFix = [ready("blue", 1), ready("green", 2, true), pool("violet", { status: "ending" })];
  expect(choosePool({ pools: failedFix, taken: ["green"], protectedReleaseId: 1 })).toBe("violet");
  const badFix = [ready("blue", 1), ready("green", 2, true), ready("violet", 3, true)];
  expect(choosePool({ pools: badFix, taken: ["violet"], protectedReleaseId: 1 })).toBe("green");
  const goodFix = [ready("blue", 1), ready("green", 2, true), ready("violet", 3)];
  expect(choosePool({ pools: goodFix, taken: ["violet"], protectedReleaseId: null })).toBe("green");
});

const state = (color: PoolColor) =>
  fc.record({
    color: fc.constant(color),
    status: fc.constantFrom(...poolStatuses),
    releaseId: fc.option(fc.integer({ min: 1, max: 4 })),
    isReleaseBad: fc.boolean(),
    deploymentId: fc.option(fc.integer({ min: 1, max: 9 })),
  });
const places = fc.record({
  pools: fc.tuple(...poolColors.map(state)),
  taken: fc.constantFrom<PoolColor | null>(...poolColors, null).map((live) => [live]),
  protectedReleaseId: fc.option(fc.integer({ min: 1, max: 4 })),
});

test("whatever stands where: never a pool that takes traffic, never the way back, the third only where it must be", () => {
  fc.assert(
    fc.property(places, (place) => {
      const chosen = choosePool(place);
      expect(place.taken).not.toContain(chosen);
      const back = place.protectedReleaseId === null ? null : warmPool(place, place.protectedReleaseId);
      expect(chosen).not.toBe(back);
      const others = poolColors.filter((color) => color !== "violet" && color !== back);
      if (chosen === "violet") expect(others.every((color) => place.taken.includes(color))).toBe(true);
    }),
  );
});
