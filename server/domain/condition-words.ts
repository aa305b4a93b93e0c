import type { CheckedKind, ConditionKind, ConditionState } from "./conditions.ts";

/** What conditions are called, the same on every page. */

export const conditionTitles: Record<CheckedKind, string> = {
  "not-bad": "Not marked as bad",
  "on-branch": "On the default branch",
  reviewed: "Reviewed",
  "ci-green": "CI green",
};

/** `Production asks for …` */
export const wanted: Record<ConditionKind, string> = {
  "on-branch": "a commit of the default branch",
  reviewed: "a review",
  "ci-green": "green CI",
};

const stateWords: Record<CheckedKind, Record<ConditionState, string>> = {
  "not-bad": { met: "not marked", "not-met": "bad", unknown: "not known" },
  "on-branch": { met: "on it", "not-met": "not on it", unknown: "not known" },
  reviewed: { met: "reviewed", "not-met": "not reviewed", unknown: "not known" },
  "ci-green": { met: "green", "not-met": "not green", unknown: "not known" },
};

export function conditionStateWord(kind: CheckedKind, state: ConditionState): string {
  return stateWords[kind][state];
}

const lacking: [ConditionKind, string][] = [
  ["reviewed", "a review"],
  ["ci-green", "green CI"],
  ["on-branch", "being on the default branch"],
];

/** `without a review or green CI`, `although it is marked as bad` */
export function without(kinds: readonly CheckedKind[]): string {
  const things = lacking.filter(([kind]) => kinds.includes(kind)).map(([, thing]) => thing);
  const last = things.pop();
  const lacks = things.length === 0 ? `without ${last}` : `without ${things.join(", ")} or ${last}`;
  if (!kinds.includes("not-bad")) return lacks;
  const although = "although it is marked as bad";
  return last === undefined ? although : `${although}, and ${lacks}`;
}
