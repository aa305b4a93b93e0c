import type { Tone } from "#components/ui/tone.ts";
import { type IncidentState, type Severity, severityOf } from "#server/domain/incident.ts";
import type { IncidentBrief } from "#server/domain/incident-views.ts";

const looks: Record<IncidentState, { tone: Tone; word: string }> = {
  suspected: { tone: "attention", word: "suspected" },
  open: { tone: "failed", word: "users are affected" },
  mitigated: { tone: "running", word: "users are well, watching" },
  recovered: { tone: "recovered", word: "recovered" },
  dismissed: { tone: "waiting", word: "no incident" },
};

export function incidentLook({ state }: Pick<IncidentBrief, "state">): { tone: Tone; word: string } {
  return looks[state];
}

const severityWords: Record<Severity, string | null> = {
  none: null,
  minor: "minor",
  major: "major",
  critical: "critical",
};

/** Null while no request is known to have felt it. */
export function severityWord(incident: IncidentBrief): string | null {
  return severityWords[severityOf(incident)];
}

export function placeOf({ serviceName, environmentName }: IncidentBrief): string {
  return `${serviceName} in ${environmentName}`;
}

/** “1,204 of 48,310 requests”; null where none was counted. */
export function affectedText({ requests, affected }: IncidentBrief): string | null {
  if (requests === 0) return null;
  return `${affected.toLocaleString("en")} of ${requests.toLocaleString("en")} requests`;
}
