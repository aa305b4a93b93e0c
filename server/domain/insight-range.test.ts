import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addDays,
  daysIn,
  earlierOf,
  periodsIn,
  rangeBefore,
  rangeOf,
  rangeProblem,
  stretchesOf,
  unitFor,
} from "./insight-range.ts";

test("named ranges end with today", () => {
  expect(rangeOf("30d", "2026-03-15")).toEqual({ from: "2026-02-14", to: "2026-03-15" });
  expect(rangeBefore({ from: "2026-02-14", to: "2026-03-15" })).toEqual({
    from: "2026-01-15",
    to: "2026-02-13",
  });
});

test("a range is drawn in days, weeks from Monday on, or months", () => {
  const weeks = periodsIn({ from: "2026-01-01", to: "2026-01-12" }, "week");
  expect(weeks).toEqual([
    { from: "2026-01-01", to: "2026-01-04" },
    { from: "2026-01-05", to: "2026-01-11" },
    { from: "2026-01-12", to: "2026-01-12" },
  ]);
  expect(["30d", "90d", "1y"].map((name) => unitFor(rangeOf(name as "30d", "2026-03-15")))).toEqual([
    "day",
    "week",
    "month",
  ]);
});

test("a year is read in whole months, and in days at its ends", () => {
  expect(stretchesOf({ from: "2025-03-16", to: "2026-03-15" }, "month")).toEqual([
    { from: "2025-03-16", to: "2025-03-31", level: "day" },
    { from: "2025-04-01", to: "2026-02-28", level: "month" },
    { from: "2026-03-01", to: "2026-03-15", level: "day" },
  ]);
});

const day = fc.integer({ min: 0, max: 4_000 }).map((days) => addDays("2019-12-30", days));

test("whatever the range, its periods and its stretches have each of its days once", () => {
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 900 }), (from, days) => {
      const range = { from, to: addDays(from, days - 1) };
      const unit = unitFor(range);
      for (const parts of [periodsIn(range, unit), stretchesOf(range, unit)]) {
        expect(parts.reduce((sum, part) => sum + daysIn(part), 0)).toBe(days);
        expect(parts[0]?.from).toBe(range.from);
        expect(parts.at(-1)?.to).toBe(range.to);
        for (const [at, part] of parts.entries()) {
          if (at > 0) expect(part.from).toBe(addDays(parts[at - 1]?.to ?? "", 1));
        }
      }
    }),
  );
});

test("what is no range is refused", () => {
  expect(rangeProblem({ from: "2026-01-02", to: "2026-01-01" })).toBe("It begins after its end.");
  expect(rangeProblem({ from: "2010-01-01", to: "2026-01-01" })).toBe("Ask for ten years at most.");
  expect(rangeProblem({ from: "2026-01-01", to: "2026-01-01" })).toBeNull();
  expect(earlierOf("2026-01-02", "2026-01-01")).toBe("2026-01-01");
});
