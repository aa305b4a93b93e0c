import { cutText } from "./cut-text.ts";
import { formatDurationMs } from "./durations.ts";
import { incidentSourceWords, mitigationWords, recoverySourceWords, timesOf } from "./incident.ts";
import type { IncidentBrief, IncidentEventView } from "./incident-views.ts";
import { utcText } from "./moment-text.ts";
import { feltText, fixersOf, namesText } from "./recovery-card.ts";

/** What a team learned from an incident, as it is kept. */
export interface WriteUp {
  whatHappened: string;
  whatHelped: string;
  whatWeChange: string;
  writtenByName: string;
  /** ISO 8601. */
  writtenAt: string;
  actions: WriteUpAction[];
}

export interface WriteUpAction {
  text: string;
  ownerId: number | null;
  ownerName: string | null;
  /** `2027-01-31`; null for some day. */
  dueOn: string | null;
  isDone: boolean;
}

/** A first version from what is known. It names who helped, and nobody beside what it came with. */
export function draftWriteUp(
  incident: IncidentBrief,
  events: readonly IncidentEventView[],
): Pick<WriteUp, "whatHappened" | "whatHelped" | "whatWeChange"> {
  const { serviceName, environmentName, change, beganAt, recoveredAt, source } = incident;
  const { detectMs, mitigateMs, recoverMs } = timesOf(incident);
  const took = (name: string, ms: number | null) =>
    ms === null ? [] : [`${name} after ${formatDurationMs(ms)}`];
  const times = [
    ...took("noticed", detectMs),
    ...took("taken from users", mitigateMs),
    ...took("as before", recoverMs),
  ];
  const number = change?.releaseNumber ?? null;
  const came =
    change === null
      ? "It came with no deployment."
      : `It came with ${number === null ? `deployment ${change.deploymentId}` : `#${number}`}.`;
  const felt = feltText(incident);
  return {
    whatHappened: [
      `${incident.title}. ${serviceName} in ${environmentName}, from ${utcText(beganAt)}${recoveredAt === null ? "" : ` to ${utcText(recoveredAt)}`}.`,
      came,
      ...(felt === null ? [] : [`${felt.charAt(0).toUpperCase()}${felt.slice(1)}.`]),
      ...(times.length === 0 ? [] : [`It was ${times.join(", ")}.`]),
    ].join(" "),
    whatHelped: [`- ${incidentSourceWords[source]}.`, ...helpOf(incident), ...notesOf(events)].join("\n"),
    whatWeChange: "",
  };
}

function helpOf({ mitigation, fix, recoverySource }: IncidentBrief): string[] {
  const by = namesText(fixersOf(fix));
  const how = mitigation === null ? "" : mitigationWords[mitigation];
  return [
    ...(how === "" ? [] : [`- What ended it: ${how}${by === "" ? "" : `, thanks to ${by}`}.`]),
    ...(recoverySource === null ? [] : [`- Over because ${recoverySourceWords[recoverySource]}.`]),
  ];
}

function notesOf(events: readonly IncidentEventView[]): string[] {
  return events.flatMap(({ kind, text }) => (kind === "note" ? [`- ${cutText(text, 200)}`] : []));
}

/** The whole of it as Markdown, for wherever a team keeps such things. */
export function writeUpMarkdown(
  incident: IncidentBrief,
  events: readonly IncidentEventView[],
  writeUp: Pick<WriteUp, "whatHappened" | "whatHelped" | "whatWeChange" | "actions">,
): string {
  const timeline = events.map(
    ({ happenedAt, kind, byName, text }) =>
      `- ${utcText(happenedAt)}: ${[eventWords[kind], ...(byName === null ? [] : [`(${byName})`])].join(" ")}${text === "" ? "" : `: ${text}`}`,
  );
  const actions = writeUp.actions.map(
    ({ isDone, text, ownerName, dueOn }) =>
      `- [${isDone ? "x" : " "}] ${[text, ownerName, dueOn === null ? null : `by ${dueOn}`].filter((part) => part !== null).join(", ")}`,
  );
  const parts = [
    `# Incident ${incident.id}: ${incident.serviceName} in ${incident.environmentName}`,
    incident.title,
    section("What happened", writeUp.whatHappened),
    section("What helped", writeUp.whatHelped),
    section("What we change", writeUp.whatWeChange),
    section("Actions", actions.join("\n")),
    section("Timeline", timeline.join("\n")),
  ];
  return `${parts.filter((part) => part !== null).join("\n\n")}\n`;
}

function section(title: string, body: string): string | null {
  return body.trim() === "" ? null : `## ${title}\n\n${body.trim()}`;
}

export const eventWords: Record<IncidentEventView["kind"], string> = {
  opened: "Noticed",
  "seen-again": "Seen again",
  confirmed: "Confirmed",
  dismissed: "It was no incident",
  reopened: "It goes on",
  change: "What it came with",
  looking: "Somebody is looking",
  note: "Note",
  update: "Told everybody",
  mitigated: "Users are well again",
  recovered: "All is as before",
};
