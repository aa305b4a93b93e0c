import fc from "fast-check";
import { expect, test } from "vitest";
import { slotCount, slotOf, upperBoundMs } from "./latency-slots.ts";

test("each latency lies within its slot", () => {
  fc.assert(
    fc.property(fc.double({ min: 2 ** -4, max: 2 ** 20, noNaN: true }), (latencyMs) => {
      const slot = slotOf(latencyMs);
      // A bound itself may go either way by the last bit of its logarithm.
      expect(latencyMs).toBeLessThanOrEqual(upperBoundMs(slot) * (1 + 1e-12));
      if (slot > 0) expect(latencyMs).toBeGreaterThan(upperBoundMs(slot - 1) * (1 - 1e-12));
    }),
  );
});

test("bounds double every eight slots, and what is out of them is counted at their ends", () => {
  expect(upperBoundMs(32)).toBe(1);
  expect(upperBoundMs(40)).toBe(2);
  for (const [latencyMs, slot] of [
    [1, 32],
    [2, 40],
    [0, 0],
    [-1, 0],
    [Number.NaN, 0],
    [1e12, slotCount - 1],
  ] as const) {
    expect(slotOf(latencyMs)).toBe(slot);
  }
});
