import type { DeploymentKind } from "./deployment.ts";

/** What a line of the feed can be about, and how far it can be. */

export const feedKinds = ["release", "switch-back", "maintenance", "hold"] as const;
export type FeedKind = (typeof feedKinds)[number];

/** A restart, another number of instances and another configuration bring nothing new: they are maintenance. */
export const feedKindOf: Record<DeploymentKind, FeedKind> = {
  deploy: "release",
  promote: "release",
  "roll-forward": "release",
  "switch-back": "switch-back",
  restart: "maintenance",
  scale: "maintenance",
  configure: "maintenance",
};

export const feedStates = ["waiting", "started", "live", "failed", "cancelled", "held", "lifted"] as const;
export type FeedState = (typeof feedStates)[number];

/** What never began is nothing to a stakeholder, and neither is what was called off. */
export const publicStates = ["started", "live", "failed", "held", "lifted"] as const satisfies FeedState[];

export function isPublicState(state: FeedState): state is (typeof publicStates)[number] {
  return (publicStates as readonly FeedState[]).includes(state);
}

/** What happened to an item: it came to a state, or its note was written. */
export const feedWords = [...feedStates, "note"] as const;

export const feedKindNames: Record<FeedKind, string> = {
  release: "Releases",
  "switch-back": "Switch-backs",
  maintenance: "Maintenance",
  hold: "Holds",
};

/** Who is named in public beside what succeeded. */
export const bylines = ["person", "team", "nobody"] as const;
export type Byline = (typeof bylines)[number];
