import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type AutomationStep,
  type CommitFacts,
  decideCommit,
  decidePromotion,
  type PromotionFacts,
  stoppedNote,
} from "./automation.ts";
import type { CheckedCondition } from "./conditions.ts";
import { deploymentStatuses } from "./deployment.ts";
import type { Reason } from "./reasons.ts";

const sha = "3f2a91c".padEnd(40, "0");
const commit = (facts: Partial<CommitFacts> = {}) =>
  decideCommit({ branch: "main", sha, isLive: false, isInLive: false, tried: null, ...facts });
const inWords = (step: AutomationStep) => (step.ask ? "asks" : step.note);

test.each<[Partial<CommitFacts>, string]>([
  [{}, "asks"],
  [{ sha: null }, "The repository has no commit for it on main."],
  [{ isLive: true, isInLive: true, tried: { status: "succeeded" } }, "3f2a91c, the newest, is live."],
  [{ isInLive: true }, "What is live is newer than 3f2a91c, the newest of main."],
  [{ tried: { status: "queued" } }, "3f2a91c is on its way."],
  [{ tried: { status: "running" } }, "3f2a91c is on its way."],
  [
    { tried: { status: "failed" } },
    "3f2a91c failed here. The next one goes by itself; this one only by a person.",
  ],
  [
    { tried: { status: "succeeded" } },
    "3f2a91c was live here before. The next one goes by itself; this one only by a person.",
  ],
])("a commit: %j leads to %s", (facts, words) => expect(inWords(commit(facts))).toBe(words));

const good = {
  number: 43,
  status: "succeeded",
  hasVerified: true,
  goodForMinutes: 30,
  against: [],
} as const;
const promotion = (
  candidate: Partial<NonNullable<PromotionFacts["candidate"]>> | null = {},
  facts: Partial<PromotionFacts> = {},
) =>
  decidePromotion({
    ...{ nameBefore: "Staging", minutesWanted: 30, liveNumber: 42, tried: null },
    candidate: candidate === null ? null : { ...good, ...candidate },
    ...facts,
  });

test.each<[string, AutomationStep]>([
  ["asks", promotion()],
  ["Nothing is live in Staging yet.", promotion(null)],
  ["#43 has been good in Staging for 12 of 30 min.", promotion({ goodForMinutes: 12.9 })],
  ["#43 has been good in Staging for 30 of 30 min.", promotion({ status: "running" })],
  ["#43 is not promoted: its deployment to Staging failed.", promotion({ status: "failed" })],
  ["#43 is not promoted: it was not verified in Staging.", promotion({ hasVerified: false })],
  ["#43 is not promoted: It is known bad: It leaks.", promotion({ against: ["It is known bad: It leaks."] })],
  ["#43, which is live in Staging, is live here too.", promotion({}, { liveNumber: 43 })],
  ["#43 is older than #44, which is live here. Machines never go back.", promotion({}, { liveNumber: 44 })],
  ["#43 is on its way.", promotion({}, { tried: { status: "queued" } })],
  [
    "#43 was cancelled here. The next one goes by itself; this one only by a person.",
    promotion({}, { tried: { status: "cancelled" } }),
  ],
])("a promotion: %s", (words, step) => expect(inWords(step)).toBe(words));

test("whatever else is so, a commit that was asked for once is never asked for again", () => {
  const tried = fc.constantFrom(...deploymentStatuses).map((status) => ({ status }));
  fc.assert(
    fc.property(
      tried,
      fc.boolean(),
      fc.boolean(),
      fc.double({ min: 0, max: 1e6 }),
      (tried, a, b, minutes) => {
        expect(commit({ tried, isLive: a, isInLive: b }).ask).toBe(false);
        expect(promotion({ goodForMinutes: minutes }, { tried, liveNumber: a ? 43 : null }).ask).toBe(false);
      },
    ),
  );
});

test("it is said what a stopped one waits for", () => {
  const hold: Reason = { weight: "stops", text: "Staging is held.", endsByItself: true };
  const unmet: Reason = { weight: "stops", text: "Staging asks for green CI. Why.", mayOverride: true };
  const broken: Reason = { weight: "stops", text: "`release` is missing." };
  const ci: CheckedCondition = {
    ...{ kind: "ci-green", mayOverride: true, state: "unknown", byName: null, at: null, url: null },
    detail: "CI has not reported on this commit.",
  };
  const noteOf = (reasons: Reason[], checked: CheckedCondition[] = []) =>
    stoppedNote("3f2a91c", { reasons, checked });
  expect(noteOf([{ weight: "warns", text: "No router is alive." }])).toBeNull();
  expect(noteOf([hold])).toBe("3f2a91c waits: Staging is held.");
  expect(noteOf([hold, unmet], [ci])).toBe("3f2a91c waits: CI has not reported on this commit.");
  expect(noteOf([unmet, broken], [ci])).toBe("3f2a91c is not deployed: `release` is missing.");
});
