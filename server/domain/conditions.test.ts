import { expect, test } from "vitest";
import {
  conditionReasons,
  type Override,
  overrideLabel,
  overrideReasonProblem,
} from "./condition-override.ts";
import { without } from "./condition-words.ts";
import {
  areConditionsAsked,
  type CommitEvidence,
  type CommitFact,
  type ConditionKind,
  type ConditionState,
  checkCondition,
  conditionKinds,
  conditionStates,
  type FactState,
  type ReportedFact,
} from "./conditions.ts";
import { deploymentKinds } from "./deployment.ts";
import { isStopped, stopOf } from "./reasons.ts";

const nothing: CommitEvidence = {
  facts: [],
  branch: "main",
  isOnBranch: null,
  readAt: null,
};
const report = (fact: ReportedFact, state: FactState): CommitFact => ({
  fact,
  state,
  url: "https://ci.example.org/7",
  reportedByName: "Jenkins",
  reportedAt: "2026-01-02T03:04:05.000Z",
});
test.each<[string, ConditionKind, Partial<CommitEvidence>, ConditionState, string]>([
  ["on it", "on-branch", { isOnBranch: true }, "met", "It is on main."],
  ["beside it", "on-branch", { isOnBranch: false }, "not-met", "It is not on main."],
  ["repository away", "on-branch", {}, "unknown", "The repository could not say"],
  ["no report", "ci-green", {}, "unknown", "CI has not reported"],
  ["CI passed", "ci-green", { facts: [report("ci", "passed")] }, "met", "CI has passed."],
  ["CI failed", "ci-green", { facts: [report("ci", "failed")] }, "not-met", "CI has failed."],
  ["CI runs", "ci-green", { facts: [report("ci", "pending")] }, "unknown", "CI is still running."],
  ["another fact", "ci-green", { facts: [report("reviewed", "passed")] }, "unknown", "CI has not reported"],
  ["review passed", "reviewed", { facts: [report("reviewed", "passed")] }, "met", "It was reported"],
  ["review failed", "reviewed", { facts: [report("reviewed", "failed")] }, "not-met", "has not passed"],
  ["review open", "reviewed", { facts: [report("reviewed", "pending")] }, "unknown", "still open"],
  ["no review", "reviewed", { facts: [report("ci", "passed")] }, "unknown", "No review"],
])("%s (%s)", (_, kind, evidence, state, words) => {
  const checked = checkCondition({ kind, mayOverride: false }, { ...nothing, ...evidence });
  expect(checked).toMatchObject({ kind, state, detail: expect.stringContaining(words) });
});

test("who vouched for it, when and where to read more come with it; what failed names nobody", () => {
  const facts = [report("ci", "passed")];
  expect(checkCondition({ kind: "ci-green", mayOverride: true }, { ...nothing, facts })).toEqual({
    kind: "ci-green",
    mayOverride: true,
    state: "met",
    detail: "CI has passed.",
    byName: "Jenkins",
    at: "2026-01-02T03:04:05.000Z",
    url: "https://ci.example.org/7",
  });
  for (const state of ["failed", "pending"] as const) {
    const evidence = { ...nothing, facts: [report("ci", state)] };
    expect(checkCondition({ kind: "ci-green", mayOverride: true }, evidence).byName).toBeNull();
  }
});

test.each(
  deploymentKinds.map((kind) => [kind, ["deploy", "promote", "roll-forward"].includes(kind)] as const),
)("conditions are asked of a %s: %s", (kind, isAsked) => expect(areConditionsAsked(kind)).toBe(isAsked));

const reason = "The shop is down, and CI is as well.";
const others = (kind: ConditionKind) => conditionKinds.filter((one) => one !== kind);
const overrides: [string, (kind: ConditionKind) => Override | null, boolean][] = [
  ["no reason", () => null, false],
  ["a reason", () => ({ reason, kinds: null }), true],
  ["a reason for it", (kind) => ({ reason, kinds: [kind] }), true],
  ["a reason for others", (kind) => ({ reason, kinds: others(kind) }), false],
];
const table = conditionKinds.flatMap((kind) =>
  conditionStates.flatMap((state) =>
    [true, false].flatMap((mayOverride) =>
      overrides.map(([name, override, helps]) => {
        const stops = state !== "met" && !(mayOverride && helps);
        return { kind, state, mayOverride, name, override: override(kind), stops };
      }),
    ),
  ),
);

test.each(table)("$kind, $state, may be overridden: $mayOverride, with $name: stops $stops", (row) => {
  const { kind, state, mayOverride, override, stops } = row;
  const checked = [{ kind, state, mayOverride, detail: "So it is.", byName: null, at: null, url: null }];
  const reasons = conditionReasons(checked, "Production", override);
  expect(isStopped(reasons)).toBe(stops);
  expect(reasons.length).toBe(state === "met" ? 0 : 1);
  if (!stops) return;
  expect(stopOf(reasons)?.mayOverride).toBe(mayOverride ? true : undefined);
  expect(reasons[0]?.text).toMatch(/^Production asks for .+\. So it is\./);
});

test("the button says what it does without, unless a reason would not help", () => {
  const unmet = (kind: ConditionKind, mayOverride = true) => ({
    ...checkCondition({ kind, mayOverride }, nothing),
  });
  const label = (...checked: ReturnType<typeof unmet>[]) =>
    overrideLabel("Deploy 3f2a91c to production", checked);
  expect(label()).toBeNull();
  expect(label(unmet("ci-green"))).toBe("Deploy 3f2a91c to production without green CI");
  expect(label(unmet("ci-green"), unmet("on-branch", false))).toBeNull();
  expect(without(["ci-green", "reviewed"])).toBe("without a review or green CI");
  expect(without([...conditionKinds])).toBe("without a review, green CI or being on the default branch");
});

test.each([
  ["", "at least 10"],
  ["a      b      c", "at least 10"],
  ["123456789", "at least 10"],
  ["1234567890", null],
  ["ü".repeat(500), null],
  ["ü".repeat(501), "at most 500 characters: these are 501."],
  ["line one\nline two", null],
  ["a bell \u0007 rings", "control characters"],
])("the reason %j: %s", (text, words) => {
  const problem = overrideReasonProblem(text);
  if (words === null) expect(problem).toBeNull();
  else expect(problem).toContain(words);
});
