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
  expect(choosePool({ pools: first, live: null, candidate: null, protectedReleaseId: null })).toBe("blue");
  const second = [ready("blue", 1), pool("green"), pool("violet")];
  expect(choosePool({ pools: second, live: "blue", candidate: null, protectedReleaseId: null })).toBe(
    "green",
  );
  const third = [ready("blue", 1), ready("green", 2), pool("violet")];
  expect(choosePool({ pools: third, live: "green", candidate: null, protectedReleaseId: null })).toBe("blue");
});

test("while the live release is bad, the fix starts in the third and the way back stays", () => {
  const pools = [ready("blue", 1), ready("green", 2, true), pool("violet")];
  const place = { pools, live: "green" as const, candidate: null, protectedReleaseId: 1 };
  expect(choosePool(place)).toBe("violet");
  expect(warmPool(place, 1)).toBe("blue");
});

test("what is held back takes no pool from the next release, and is warm for a way back", () => {
  const pools = [ready("blue", 1), ready("green", 2), pool("violet")];
  const place = { pools, live: "green" as const, candidate: "blue" as const, protectedReleaseId: null };
  expect(choosePool(place)).toBe("violet");
  expect(warmPool(place, 1)).toBe("blue");
  const full = [ready("blue", 1), ready("green", 2, true), ready("violet", 3)];
  expect(choosePool({ ...place, pools: full, protectedReleaseId: 3 })).toBeNull();
});

test("a second attempt at the fix takes the first one's place, and what comes after it that of the bad one", () => {
  const failedFix = [ready("blue", 1), ready("green", 2, true), pool("violet", { status: "ending" })];
  expect(choosePool({ pools: failedFix, live: "green", candidate: null, protectedReleaseId: 1 })).toBe(
    "violet",
  );
  const badFix = [ready("blue", 1), ready("green", 2, true), ready("violet", 3, true)];
  expect(choosePool({ pools: badFix, live: "violet", candidate: null, protectedReleaseId: 1 })).toBe("green");
  const goodFix = [ready("blue", 1), ready("green", 2, true), ready("violet", 3)];
  expect(choosePool({ pools: goodFix, live: "violet", candidate: null, protectedReleaseId: null })).toBe(
    "green",
  );
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
  live: fc.constantFrom<PoolColor | null>(...poolColors, null),
  candidate: fc.constantFrom<PoolColor | null>(...poolColors, null),
  protectedReleaseId: fc.option(fc.integer({ min: 1, max: 4 })),
});

test("whatever stands where: never a pool that takes traffic, never the way back, the third only where it must be", () => {
  fc.assert(
    fc.property(places, (place) => {
      const [chosen, taken] = [choosePool(place), [place.live, place.candidate]];
      if (chosen !== null) expect(taken).not.toContain(chosen);
      const back = place.protectedReleaseId === null ? null : warmPool(place, place.protectedReleaseId);
      if (chosen !== null) expect(chosen).not.toBe(back);
      else expect(new Set([...taken, back])).toEqual(new Set(poolColors));
      const others = poolColors.filter((color) => color !== "violet" && color !== back);
      if (chosen === "violet") expect(others.every((color) => taken.includes(color))).toBe(true);
    }),
  );
});
