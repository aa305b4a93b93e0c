/** Where a release runs, and what the portal can promise of it there. */

export const targets = ["process", "script"] as const;
export type Target = (typeof targets)[number];

/** Known by name, and refused until they are there. */
export const laterTargets = ["docker", "kubernetes"] as const;

/** The keys of `release` that each target acts on; every target knows `target` itself. */
const keysOf: Record<Target, readonly string[]> = {
  process: [
    ...["start", "instances", "health", "health.path", "health.timeout"],
    ...["smoke", "drain", "limits", "keepWarm", "canary", "holdback"],
  ],
  script: ["deploy", "switchBack", "repeatable", "health", "health.run", "health.timeout"],
};

/** Why a key cannot be obeyed with this target; null where it can. */
export function unfitKeyMessage(target: Target, key: string): string | null {
  if (key === "target" || keysOf[target].includes(key)) return null;
  const fitting = targets.filter((other) => keysOf[other].includes(key)).join(" or ");
  const known = keysOf[target].filter((name) => name !== "health").join(", ");
  return `\`${key}\` is for the target ${fitting}, and this one is ${target}. It takes: ${known}.`;
}

/** What does not hold where a command releases: said before a deploy and beside what is live. */
export const scriptLimits: readonly string[] = [
  "There are no pools: the command changes what is served while it runs.",
  "Requests do not go through the portal\u2019s routers. There is no proof of the switch, and the portal cannot vouch for zero failed requests.",
  "Nothing is drained: how open requests end is for the platform to say.",
  "Switching back runs a command of the release gone back to, and takes as long as that takes.",
  "How many instances there are, and what one failure would do, the portal does not know.",
];

export const whyNoScale =
  "Its release is deployed by a command, so the portal starts no instances: set their number where it runs.";

/** Why steps do not run where a command releases. */
export const whyNoDrain = "what ran before is for the platform to end";
export const whyNoVerify = "no health command is set";
