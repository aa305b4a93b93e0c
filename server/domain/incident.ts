/** What users feel and for how long: states, what may be done in each, and the words for it. Nobody is named beside it. */

/** `suspected` is known to the team alone, until a person or more data confirms it. */
export const incidentStates = ["suspected", "open", "mitigated", "recovered", "dismissed"] as const;
export type IncidentState = (typeof incidentStates)[number];

/** While it lasts there is no other one of the same service environment. */
export const ongoingStates = ["suspected", "open", "mitigated"] as const satisfies IncidentState[];

export function isOngoing(state: IncidentState): boolean {
  return (ongoingStates as readonly IncidentState[]).includes(state);
}

/** Who said so first: the verdict on a release, a regression without a deploy, instances that end, a machine, a person. */
export const incidentSources = ["verdict", "regression", "instances", "alert", "person"] as const;
export type IncidentSource = (typeof incidentSources)[number];

export const incidentSourceWords: Record<IncidentSource, string> = {
  verdict: "Found by the verdict on a release",
  regression: "Found in what is counted, without a deploy",
  instances: "Found at the instances",
  alert: "Reported by a machine",
  person: "Reported by a person",
};

/** What took the effect from users. */
export const mitigations = ["roll-forward", "switch-back", "other-deployment", "person", "itself"] as const;
export type Mitigation = (typeof mitigations)[number];

export const mitigationWords: Record<Mitigation, string> = {
  "roll-forward": "rolled forward",
  "switch-back": "switched back",
  "other-deployment": "another release",
  person: "somebody said so",
  itself: "by itself",
};

/** How it is known that all is as before: the rate is back within its range, or a person says so. */
export const recoverySources = ["rate", "person"] as const;
export type RecoverySource = (typeof recoverySources)[number];

export const recoverySourceWords: Record<RecoverySource, string> = {
  rate: "the rate is back within its range from before",
  person: "somebody confirmed it",
};

/** How bad it is, by the share of requests that felt it. */
export const severities = ["none", "minor", "major", "critical"] as const;
export type Severity = (typeof severities)[number];

const leastShare = { critical: 0.5, major: 0.05 };

/** `none` while no request is known to be affected. */
export function severityOf({ requests, affected }: { requests: number; affected: number }): Severity {
  if (affected === 0 || requests === 0) return "none";
  const share = affected / requests;
  if (share >= leastShare.critical) return "critical";
  return share >= leastShare.major ? "major" : "minor";
}

export const incidentActs = ["confirm", "dismiss", "mitigate", "recover", "reopen"] as const;
export type IncidentAct = (typeof incidentActs)[number];

/** From which states each act leads on, and to which. */
export const incidentTransitions: Record<
  IncidentAct,
  { from: readonly IncidentState[]; to: IncidentState; label: string; otherwise: string }
> = {
  confirm: {
    from: ["suspected"],
    to: "open",
    label: "Users are affected",
    otherwise: "It is confirmed already, or over.",
  },
  dismiss: {
    from: ongoingStates,
    to: "dismissed",
    label: "It is no incident",
    otherwise: "It is over already.",
  },
  mitigate: {
    from: ["suspected", "open"],
    to: "mitigated",
    label: "Users are well again",
    otherwise: "The effect is gone already, or it is over.",
  },
  recover: {
    from: ongoingStates,
    to: "recovered",
    label: "All is as before",
    otherwise: "It is over already.",
  },
  reopen: {
    from: ["mitigated", "recovered", "dismissed"],
    to: "open",
    label: "It goes on",
    otherwise: "It goes on already.",
  },
};

export function whyNot(act: IncidentAct, state: IncidentState): string | null {
  const { from, otherwise } = incidentTransitions[act];
  return from.includes(state) ? null : otherwise;
}

/** What a person says a state is left by, in the words of a button. */
export function actsIn(state: IncidentState): IncidentAct[] {
  return incidentActs.filter((act) => incidentTransitions[act].from.includes(state));
}

/** What stands in the timeline beside what deployments, reviews and counts tell by themselves. */
export const incidentEventKinds = [
  "opened",
  "seen-again",
  "confirmed",
  "dismissed",
  "reopened",
  "change",
  "looking",
  "note",
  "update",
  "mitigated",
  "recovered",
] as const;
export type IncidentEventKind = (typeof incidentEventKinds)[number];

/** Three times from the moment that users felt it, in milliseconds; null where it did not come to that. */
export interface IncidentTimes {
  detectMs: number | null;
  mitigateMs: number | null;
  recoverMs: number | null;
}

/** Each ISO 8601 moment, or null. */
export function timesOf(moments: {
  beganAt: string;
  detectedAt: string;
  mitigatedAt: string | null;
  recoveredAt: string | null;
}): IncidentTimes {
  const since = (moment: string | null) =>
    moment === null ? null : Math.max(0, Date.parse(moment) - Date.parse(moments.beganAt));
  const recoverMs = since(moments.recoveredAt);
  return {
    detectMs: since(moments.detectedAt),
    // What is over is mitigated, whether or not somebody said so before.
    mitigateMs: since(moments.mitigatedAt) ?? recoverMs,
    recoverMs,
  };
}
