import { expect, test } from "vitest";
import { lockReportSchema } from "./lock-report.ts";

const lock = {
  relation: "public.orders",
  mode: "SHARE",
  isHeld: true,
  isWaitedFor: false,
  sessionsBehind: 0,
};
const sample = { kind: "sample", atMs: 1, sessions: 1, locks: [lock] };
const withLock = (change: object) => ({ ...sample, locks: [{ ...lock, ...change }] });

test("what the watcher says is read", () => {
  expect(lockReportSchema.parse(sample)).toEqual(sample);
  const problem = { kind: "problem", code: "ECONNREFUSED" };
  expect(lockReportSchema.parse(problem)).toEqual(problem);
});

test.each([
  ["a name too long to show", withLock({ relation: "x".repeat(201) })],
  ["a name that a terminal would obey", withLock({ relation: "\u001B[31m" })],
  ["a name that turns the line around", withLock({ relation: "a\u202Eb" })],
  ["half of a character", withLock({ relation: "\uD800" })],
  ["a lock that nobody knows", withLock({ mode: "ROW EXCLUSIVE" })],
  ["a negative number of sessions", withLock({ sessionsBehind: -1 })],
  ["a time that is none", { ...sample, atMs: Number.NaN }],
  ["more than a hundred locks", { ...sample, locks: Array(101).fill(lock) }],
  ["a code that is a sentence", { kind: "problem", code: "It says so." }],
  ["what was not asked for", { ...sample, more: 1 }],
])("%s is not believed", (_, message) => {
  expect(lockReportSchema.safeParse(message).success).toBe(false);
});
