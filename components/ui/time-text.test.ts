import { describe, expect, test } from "vitest";
import { absoluteTime, relativeTime, sinceText } from "./time-text.ts";

const now = Date.parse("2025-11-23T08:41:30Z");

describe("relativeTime", () => {
  test.each([
    ["2025-11-23T08:41:28Z", "just now"],
    ["2025-11-23T08:40:50Z", "40 s ago"],
    ["2025-11-23T08:38:00Z", "3 min ago"],
    ["2025-11-23T02:00:00Z", "6 h ago"],
    ["2025-11-20T08:00:00Z", "3 d ago"],
    ["2025-08-20T08:00:00Z", "3 mo ago"],
    ["2023-08-20T08:00:00Z", "2 y ago"],
    ["2025-11-23T08:51:30Z", "in 10 min"],
  ])("%s reads %s", (at, words) => {
    expect(relativeTime(new Date(at), now)).toBe(words);
  });
});

describe("absoluteTime", () => {
  test("names its zone and leaves the year out in this year", () => {
    expect(absoluteTime(new Date("2025-11-20T08:00:00Z"), now, "UTC")).toBe("20 Nov, 08:00 UTC");
    expect(absoluteTime(new Date("2025-11-20T08:00:00Z"), now, "Europe/Berlin")).toBe("20 Nov, 09:00 CET");
  });

  test("has the year in any other year", () => {
    expect(absoluteTime(new Date("2024-11-20T08:00:00Z"), now, "UTC")).toBe("20 Nov 2024, 08:00 UTC");
  });
});

describe("sinceText", () => {
  test.each([
    ["2025-11-23T06:05:00Z", "06:05"],
    ["2025-11-22T23:59:00Z", "Saturday"],
    ["2025-11-18T08:00:00Z", "Tuesday"],
    ["2025-11-03T08:00:00Z", "3 Nov"],
    ["2024-11-03T08:00:00Z", "3 Nov 2024"],
  ])("since %s reads %s", (at, words) => {
    expect(sinceText(new Date(at), now, "UTC")).toBe(words);
  });
});
