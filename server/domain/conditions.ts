/** What a team may ask of a commit before it is deployed: facts that a machine checks, never a person's approval. */

export const conditionKinds = ["on-branch", "reviewed", "ci-green"] as const;
export type ConditionKind = (typeof conditionKinds)[number];

/** What is reported about a commit by those who know: CI, the Git host. */
export const reportedFacts = ["reviewed", "ci"] as const;
export type ReportedFact = (typeof reportedFacts)[number];

export const factStates = ["passed", "failed", "pending"] as const;
export type FactState = (typeof factStates)[number];

export interface Condition {
  kind: ConditionKind;
  /** Whether a person may deploy all the same, knowingly and with a reason that everybody can read. */
  mayOverride: boolean;
}

/** `unknown` means that nobody has reported on it yet. */
export interface CheckedCondition extends Condition {
  state: "met" | "not-met" | "unknown";
  /** What was found, in words: `ci passed, reported by Jenkins 3 min ago`. */
  detail: string;
}
