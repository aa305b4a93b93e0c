import type { DeploymentKind } from "./deployment.ts";

/** What a line of the feed can be about, and how far it can be. */

export const feedKinds = ["release", "switch-back", "maintenance", "hold", "incident", "recovery"] as const;
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

/**
 * An incident has a line for the team, `opened` and then `recovered`, and one for everybody as soon as a person publishes
 * something: `ongoing`, and then `over`.
 */
export const feedStates = [
  "waiting",
  "started",
  "live",
  "failed",
  "cancelled",
  "held",
  "lifted",
  "opened",
  "recovered",
  "ongoing",
  "over",
] as const;
export type FeedState = (typeof feedStates)[number];

/** The others are lines for the team alone. */
export const publicKinds = feedKinds.filter((kind) => kind !== "recovery");

/** What never began is nothing to a stakeholder, and neither is what was called off. */
export const publicStates = [
  "started",
  "live",
  "failed",
  "held",
  "lifted",
  "ongoing",
  "over",
] as const satisfies FeedState[];

export function isPublicState(state: FeedState): state is (typeof publicStates)[number] {
  return (publicStates as readonly FeedState[]).includes(state);
}

export function isPublicWord(word: FeedWord): boolean {
  return word === "note" || word === "announced" || isPublicState(word);
}

/** What came to an end that users care about: what is new, is back, is held, or goes on. */
export function isNews(kind: FeedKind, state: FeedState): boolean {
  if (kind === "hold") return state === "held" || state === "lifted";
  if (kind === "incident") return state === "ongoing" || state === "over";
  return kind !== "maintenance" && state === "live";
}

/** What happened to an item: it came to a state, was announced beforehand, or its note was written. */
export const feedWords = [...feedStates, "announced", "note"] as const;
export type FeedWord = (typeof feedWords)[number];

export const feedKindNames: Record<FeedKind, string> = {
  release: "Releases",
  "switch-back": "Switch-backs",
  maintenance: "Maintenance",
  hold: "Holds",
  incident: "Incidents",
  recovery: "Recoveries",
};

/** Who is named in public beside what succeeded. */
export const bylines = ["person", "team", "nobody"] as const;
export type Byline = (typeof bylines)[number];

/** What a line without a note says to its readers. */
export function plainSentence(kind: FeedKind, state: FeedState): string {
  if (state === "failed") return "It was not released: what you use is as it was before.";
  if (state === "started") return "It is on its way, and nothing stops working meanwhile.";
  if (kind === "switch-back") return "What was there before is back.";
  if (kind === "incident") return state === "over" ? "It works again as before." : "We are on it.";
  if (kind === "hold") return state === "held" ? "Nothing new is released by itself until then." : "";
  return "Nothing changes for you.";
}
