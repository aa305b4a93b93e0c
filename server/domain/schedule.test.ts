import fc from "fast-check";
import { expect, test } from "vitest";
import type { Reason } from "./reasons.ts";
import {
  decideDue,
  decideUnknown,
  isScheduledLater,
  latenessText,
  parseSchedule,
  reasonsForLater,
} from "./schedule.ts";

const now = new Date("2026-11-25T23:00:00Z");
const dayMs = 86_400_000;

test.each([
  ["2026-11-26T09:00:00Z", "2026-11-26T09:00:00.000Z"],
  ["2026-11-26T10:00:00+01:00", "2026-11-26T09:00:00.000Z"],
  ["2027-02-23T23:00:00Z", "2027-02-23T23:00:00.000Z"],
])("%s is a time to come", (text, iso) =>
  expect(parseSchedule(text, now)).toEqual({ at: new Date(iso), problem: null }),
);

test.each([
  ["", "Give a date"],
  ["tomorrow", "Give a date"],
  ["2026-11-26T09:00:00", "with its zone"],
  ["2026-02-31T09:00:00Z", "Give a date"],
  ["2026-11-25T23:00:00Z", "This time is over"],
  ["2026-11-25T22:59:59Z", "This time is over"],
  ["2027-02-23T23:00:01Z", "At most 90 days ahead"],
])("%j is refused: %s", (text, words) => {
  expect(parseSchedule(text, now)).toEqual({ at: null, problem: expect.stringContaining(words) });
});

test("whatever is typed, what is taken lies between now and 90 days on", () => {
  const dates = fc.date({ noInvalidDate: true, max: new Date(now.getTime() + 200 * dayMs) });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        dates.map((date) => date.toISOString()),
      ),
      (text) => {
        const { at, problem } = parseSchedule(text, now);
        expect(at === null).toBe(problem !== null);
        if (at === null) return;
        expect(at.getTime()).toBeGreaterThan(now.getTime());
        expect(at.getTime()).toBeLessThanOrEqual(now.getTime() + 90 * dayMs);
      },
    ),
  );
});

const hold: Reason = { weight: "stops", text: "Held.", endsByItself: true };
const older: Reason = { weight: "stops", text: "#43, newer, is live." };
const warning: Reason = { weight: "warns", text: "No router is alive." };
const ahead: Reason = { weight: "waits", text: "Deployment 4 goes first." };

test.each<[against: string, act: string, Reason[]]>([
  ["nothing", "start", []],
  ["what only warns or waits", "start", [warning, ahead]],
  ["a hold", "wait", [warning, hold]],
  ["a hold and what lasts", "cancel", [hold, older]],
  ["what lasts", "cancel", [older]],
])("with %s against it, its time leads to: %s", (_, act, reasons) =>
  expect(decideDue(reasons).act).toBe(act),
);

test("it is cancelled with the reason in words, and a silent repository is given an hour", () => {
  expect(decideDue([older])).toEqual({
    act: "cancel",
    reason: "When its time came: #43, newer, is live.",
  });
  expect(decideUnknown("It is silent.", 3_599_999)).toEqual({ act: "wait" });
  expect(decideUnknown("It is silent.", 3_600_000)).toMatchObject({
    act: "cancel",
    reason: expect.stringContaining("It is silent."),
  });
});

test("what may be otherwise by then only warns; what will not, stops at once", () => {
  const unmet: Reason = { weight: "stops", text: "CI has not reported.", mayOverride: true };
  expect(reasonsForLater([older, hold, ahead, warning], [unmet])).toEqual([
    older,
    { weight: "warns", text: "Held. Machines look again when its time has come." },
    warning,
    { weight: "warns", text: "CI has not reported. Machines look again when its time has come." },
  ]);
});

test("how late it was, in words", () => {
  const at = (scheduledFor: string | null, scheduleReachedAt: string | null) => ({
    scheduledFor,
    scheduleReachedAt,
  });
  const nine = "2026-11-26T09:00:00Z";
  expect(latenessText(at(null, null))).toBeNull();
  expect(latenessText(at(nine, null))).toBeNull();
  expect(latenessText(at(nine, "2026-11-26T09:00:59Z"))).toBeNull();
  expect(latenessText(at(nine, "2026-11-26T09:12:00Z"))).toBe("12 m 0 s after its time");
  expect(latenessText(at(nine, "2026-11-26T08:00:00Z"))).toBe("1 h 0 m before its time, by a person");
  expect(isScheduledLater(at(nine, null))).toBe(true);
  expect(isScheduledLater(at(nine, nine))).toBe(false);
});
