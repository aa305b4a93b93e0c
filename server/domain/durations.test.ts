import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDurationMs, parseDurationMs } from "./durations.ts";

test.each([
  ["500ms", 500],
  ["30s", 30_000],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["2d", 172_800_000],
  [" 30s ", 30_000],
  ["0s", 0],
])("%s is %d ms", (text, ms) => expect(parseDurationMs(text)).toBe(ms));

test.each(["", "30", "s", "-1s", "1.5h", "1 h", "1h30m", "30S", "1w", "9999999999s", "1e3s"])(
  "%j is no duration",
  (text) => expect(parseDurationMs(text)).toBeNull(),
);

test.each([
  [0, "0 ms"],
  [-5, "0 ms"],
  [84.4, "84 ms"],
  [999, "999 ms"],
  [1_000, "1.0 s"],
  [3_249, "3.2 s"],
  [59_949, "59.9 s"],
  [59_950, "1 m 0 s"],
  [72_000, "1 m 12 s"],
  [3_599_400, "59 m 59 s"],
  [3_600_000, "1 h 0 m"],
  [7_500_000, "2 h 5 m"],
  [86_400_000, "1 d 0 h"],
])("%d ms reads %s", (ms, text) => expect(formatDurationMs(ms)).toBe(text));

test("no part of what is read ever reaches its next unit", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 400 * 86_400_000 }), (ms) => {
      const [first = "", , second] = formatDurationMs(ms).split(" ");
      const unit = formatDurationMs(ms).split(" ")[1];
      const limits: Record<string, number> = { ms: 1_000, s: 60, m: 60, h: 24, d: Number.POSITIVE_INFINITY };
      expect(Number(first)).toBeLessThan(limits[unit ?? ""] ?? 0);
      if (second !== undefined) expect(Number(second)).toBeLessThan(60);
    }),
  );
});
