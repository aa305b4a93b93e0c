import { z } from "zod";
import type { DeploymentKind } from "./deployment.ts";

/** What a team may ask of a commit before it is deployed: facts that a machine checks, never a person's approval. */

export const conditionKinds = ["on-branch", "reviewed", "ci-green"] as const;
export type ConditionKind = (typeof conditionKinds)[number];

/** What is checked of a deployment: what the team asks for, and always that its release is not known bad. */
export const checkedKinds = ["not-bad", ...conditionKinds] as const;
export type CheckedKind = (typeof checkedKinds)[number];

/** What is reported about a commit by those who know: CI, the Git host. */
export const reportedFacts = ["reviewed", "ci"] as const;
export type ReportedFact = (typeof reportedFacts)[number];

export const factStates = ["passed", "failed", "pending"] as const;
export type FactState = (typeof factStates)[number];

export const conditionSchema = z.object({
  kind: z.enum(conditionKinds, `A condition is one of ${conditionKinds.join(", ")}.`),
  /** Whether a person may deploy all the same, knowingly and with a reason that everybody can read. */
  mayOverride: z.boolean(),
});
export type Condition = z.infer<typeof conditionSchema>;

export const conditionStates = ["met", "not-met", "unknown"] as const;
/** `unknown`: nobody has reported on it, or it is still under way. */
export type ConditionState = (typeof conditionStates)[number];

export interface CheckedCondition extends Omit<Condition, "kind"> {
  kind: CheckedKind;
  state: ConditionState;
  /** What was found, in a sentence that names nobody: `CI has passed.` */
  detail: string;
  /** Which machine reported it; null where it is not met, and beside a failed deployment. */
  byName: string | null;
  /** When it was reported, or the repository last read (ISO 8601); null where that says nothing. */
  at: string | null;
  /** Where to read more; https only. */
  url: string | null;
}

/** The newest report on one fact of a commit. */
export interface CommitFact {
  fact: ReportedFact;
  state: FactState;
  url: string | null;
  reportedByName: string;
  reportedAt: string;
}

/** All that machines know about one commit. */
export interface CommitEvidence {
  facts: readonly CommitFact[];
  branch: string;
  /** Null where the repository could not say. */
  isOnBranch: boolean | null;
  /** When the repository was last read. */
  readAt: string | null;
}

/**
 * Whether conditions are asked of such a deployment at all. A switch-back is help, and help never waits; the others
 * that are left out run the release that is live already.
 */
export function areConditionsAsked(kind: DeploymentKind): boolean {
  return kind === "deploy" || kind === "promote" || kind === "roll-forward";
}

/** Whether a condition is still the one that was checked, by the same reports. What a repository said is taken as read. */
export function standsAsFound(
  condition: Condition,
  checked: CheckedCondition,
  facts: readonly CommitFact[],
): boolean {
  if (condition.kind !== checked.kind || condition.mayOverride !== checked.mayOverride) return false;
  if (condition.kind === "on-branch") return true;
  const evidence = { facts, branch: "", isOnBranch: null, readAt: null };
  const { state, at } = checkCondition(condition, evidence);
  return state === checked.state && at === checked.at;
}

type Finding = Pick<CheckedCondition, "state" | "detail"> &
  Partial<Pick<CheckedCondition, "byName" | "at" | "url">>;

/** What stands against a release that was marked as bad: a person may bring it back, saying why. */
export function badMark(badReason: string): CheckedCondition {
  const detail = `It was marked as bad: ${badReason.replace(/\.$/, "")}.`;
  return { kind: "not-bad", mayOverride: true, state: "not-met", detail, byName: null, at: null, url: null };
}

export function checkCondition(condition: Condition, evidence: CommitEvidence): CheckedCondition {
  const { kind, mayOverride } = condition;
  return { kind, mayOverride, byName: null, at: null, url: null, ...checks[kind](evidence) };
}

const checks: Record<ConditionKind, (evidence: CommitEvidence) => Finding> = {
  "on-branch": checkBranch,
  reviewed: checkReview,
  "ci-green": checkCi,
};

function checkBranch({ branch, isOnBranch, readAt }: CommitEvidence): Finding {
  if (isOnBranch === null) {
    return { state: "unknown", detail: `The repository could not say whether it is on ${branch}.` };
  }
  return isOnBranch
    ? { state: "met", detail: `It is on ${branch}.`, at: readAt }
    : { state: "not-met", detail: `It is not on ${branch}.`, at: readAt };
}

const ciDetails: Record<FactState, string> = {
  passed: "CI has passed.",
  failed: "CI has failed.",
  pending: "CI is still running.",
};

function checkCi({ facts }: CommitEvidence): Finding {
  const fact = facts.find((candidate) => candidate.fact === "ci");
  if (fact === undefined) return { state: "unknown", detail: "CI has not reported on this commit." };
  return { ...reported(fact), detail: ciDetails[fact.state] };
}

const reviewDetails: Record<FactState, string> = {
  passed: "It was reported as reviewed.",
  failed: "Its review has not passed.",
  pending: "Its review is still open.",
};

/** Only what was reported counts: a message that names a reviewer is written by the author. */
function checkReview({ facts }: CommitEvidence): Finding {
  const fact = facts.find((candidate) => candidate.fact === "reviewed");
  if (fact === undefined) return { state: "unknown", detail: "No review of this commit was reported." };
  return { ...reported(fact), detail: reviewDetails[fact.state] };
}

function reported(fact: CommitFact): Pick<Finding, "state" | "byName" | "at" | "url"> {
  const states = { passed: "met", failed: "not-met", pending: "unknown" } as const;
  const { state, reportedAt: at, url } = fact;
  // No name stands beside what failed; who reported it is in the audit log.
  return { state: states[state], byName: state === "passed" ? fact.reportedByName : null, at, url };
}
