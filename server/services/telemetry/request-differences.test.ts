import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RequestPoint } from "./otlp-metrics.ts";
import { RequestDifferences } from "./request-differences.ts";

const point = (parts: Partial<RequestPoint>): RequestPoint => ({
  resource: { version: "1", instanceId: "a" },
  ...{ series: "s", route: "/", status: 200, isCumulative: true, startAt: 100, at: 160, latency: [0, 3] },
  ...parts,
});
const sum = (latency: readonly number[]) => latency.reduce((all, count) => all + count, 0);

describe("a cumulative series", () => {
  test("counts from its start, and then what has come since", () => {
    const differences = new RequestDifferences();
    expect(differences.take("k", point({}), false)).toEqual({ beginsAt: 100, endsAt: 160, latency: [0, 3] });
    expect(differences.take("k", point({ at: 220, latency: [1, 5] }), false)).toEqual({
      ...{ beginsAt: 160, endsAt: 220 },
      latency: [1, 2],
    });
  });

  test("only begins where its requests were told otherwise until then", () => {
    const differences = new RequestDifferences();
    expect(differences.take("k", point({}), true)).toBeNull();
    expect(differences.take("k", point({ at: 220, latency: [0, 4] }), false)?.latency).toEqual([0, 1]);
  });

  test("that comes twice, or late, counts once", () => {
    const differences = new RequestDifferences();
    differences.take("k", point({ at: 220, latency: [0, 5] }), false);
    expect(differences.take("k", point({ at: 220, latency: [0, 5] }), false)).toBeNull();
    expect(differences.take("k", point({ at: 160, latency: [0, 3] }), false)).toBeNull();
  });

  test("begins anew with its process", () => {
    const differences = new RequestDifferences();
    differences.take("k", point({ latency: [0, 50] }), false);
    const anew = differences.take("k", point({ startAt: 200, at: 220, latency: [0, 2] }), false);
    expect(anew).toEqual({ beginsAt: 200, endsAt: 220, latency: [0, 2] });
  });

  test("counts every request once, whenever it is told and however coarse it becomes", () => {
    const step = fc.record({ slots: fc.array(fc.nat(9), { maxLength: 12 }), isCoarser: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const differences = new RequestDifferences();
        let latency: number[] = [];
        let counted = 0;
        for (const [index, { slots, isCoarser }] of steps.entries()) {
          latency = Array.from(
            { length: Math.max(latency.length, slots.length) },
            (_, slot) => (latency[slot] ?? 0) + (slots[slot] ?? 0),
          );
          if (isCoarser && latency.length % 2 === 1) latency.push(0);
          if (isCoarser)
            latency = latency.map((count, slot) => (slot % 2 === 0 ? 0 : count + (latency[slot - 1] ?? 0)));
          const told = point({ at: 160 + index, latency });
          counted += sum(differences.take("k", told, false)?.latency ?? []);
        }
        expect(counted).toBe(sum(latency));
      }),
    );
  });
});

test("a delta counts as it is told", () => {
  const differences = new RequestDifferences();
  const delta = point({ isCumulative: false });
  expect(differences.take("k", delta, true)?.latency).toEqual([0, 3]);
  expect(differences.take("k", delta, true)?.latency).toEqual([0, 3]);
});

test.each([{ latency: null }, { at: Number.NaN }, { startAt: 200 }])("%j cannot be true", (parts) => {
  expect(new RequestDifferences().take("k", point(parts), false)).toBeNull();
});
