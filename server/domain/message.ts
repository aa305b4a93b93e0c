import { type BroadcastEvent, broadcastEventOf } from "./broadcast.ts";
import { formatDurationMs } from "./durations.ts";
import { type FeedKind, type FeedState, type FeedWord, plainSentence } from "./feed.ts";
import type { FeedRow } from "./feed-row.ts";
import { utcText } from "./moment-text.ts";
import { type PublicItem, publicItemOf, type RenderedNote } from "./public-item.ts";
import { recoverySentence } from "./recovery-card.ts";

/** What a channel is told of a line of the feed, before it takes the form of a kind of channel. */
export interface Message {
  /** Stays the same however often it is sent: who has seen it can drop it. */
  id: string;
  event: BroadcastEvent | "test";
  /** One sentence without its full stop. */
  title: string;
  /** Plain text of one or more lines; may be empty. */
  text: string;
  facts: { name: string; value: string }[];
  /** Where there is more to read. */
  url: string;
  tone: "good" | "calm" | "attention";
  /** ISO 8601, in UTC. */
  happenedAt: string;
  about: About;
}

/** The same for programs. */
export interface About {
  itemId: string;
  kind: FeedKind | "test";
  state: FeedState | "announced";
  service: { slug: string; name: string } | null;
  environment: { slug: string; name: string } | null;
  release: number | null;
  /** Whether nothing was live there before. */
  isFirst: boolean;
}

export interface Telling {
  eventId: string;
  word: FeedWord;
  happenedAt: string;
  row: FeedRow;
  isFirst: boolean;
}

export interface Audience {
  /** Whether people outside the team read it. */
  isPublic: boolean;
  portalUrl: string;
  render: (text: string) => RenderedNote;
}

/** Null where it is nothing to tell, or not (or no longer) to tell to this audience. */
export function messageOf(telling: Telling, audience: Audience): Message | null {
  const { row, word } = telling;
  const event = broadcastEventOf(row.kind, word);
  if (event === null) return null;
  // What it came to then: meanwhile it may have gone on. A note is told with what it is now.
  const state = word === "note" || word === "announced" ? row.state : word;
  const about = aboutOf(telling);
  const told = audience.isPublic
    ? publicTelling(row, state, word, audience)
    : internalTelling(row, word === "announced" ? word : state, audience);
  if (told === null) return null;
  return {
    id: telling.eventId,
    event,
    title: titleOf(about),
    ...told,
    tone: toneOf(about),
    happenedAt: telling.happenedAt,
    about,
  };
}

/** The title alone, as those who build it read it. */
export function titleOfTelling(row: FeedRow, word: FeedWord): string {
  return titleOf(aboutOf({ row, word, isFirst: false }));
}

function aboutOf({ row, word, isFirst }: Pick<Telling, "row" | "word" | "isFirst">): About {
  const { publicId, kind, service, environment, deployment } = row;
  return {
    itemId: publicId,
    kind,
    state: word === "note" ? row.state : word,
    service: service === null ? null : { slug: service.slug, name: service.name },
    environment: environment === null ? null : { slug: environment.slug, name: environment.name },
    release: deployment?.releaseNumber ?? null,
    isFirst,
  };
}

type Told = Pick<Message, "text" | "facts" | "url">;

/** Of what is public alone: the one list of its fields is `publicItemOf`. */
function publicTelling(row: FeedRow, state: FeedState, word: FeedWord, audience: Audience): Told | null {
  // Who may read that it has begun may read that it will.
  const item = publicItemOf({ ...row, state: word === "announced" ? "started" : state }, audience.render);
  if (item === null) return null;
  return {
    text: textOf(item.note?.plain ?? null, row.kind, state, word),
    facts: factsOf({ ...item, state: word === "announced" ? word : state }, item.by, row.kind),
    // A line that has not begun has no page in public yet.
    url:
      word === "announced"
        ? `${audience.portalUrl}/feed/${encodeURIComponent(item.service?.slug ?? "")}`
        : `${audience.portalUrl}/feed/item/${item.id}`,
  };
}

function internalTelling(row: FeedRow, state: About["state"], { portalUrl, render }: Audience): Told {
  const { service, deployment, hold, incident } = row;
  const note = row.note === null || row.note.text === "" ? null : render(row.note.text).plain;
  const details = [
    note ??
      deployment?.subject ??
      hold?.reason ??
      (incident === null ? "" : incidentText(row, incident, state)),
    state === "failed" && deployment?.failedStep != null
      ? `It failed at the step ${deployment.failedStep}.`
      : "",
  ];
  const times = {
    endedAt: deployment?.switchedAt ?? deployment?.finishedAt ?? null,
    endsAt: hold?.endsAt ?? null,
  };
  const durationMs =
    deployment?.startedAt == null || times.endedAt === null
      ? null
      : Math.max(0, Date.parse(times.endedAt) - Date.parse(deployment.startedAt));
  // Nobody stands beside a failure, nor beside what may become one.
  const by = state === "live" ? (deployment?.requestedByName ?? null) : (hold?.placedByName ?? null);
  const page = incident === null ? null : `${portalUrl}/incidents/${incident.id}`;
  return {
    text: details.filter((line) => line !== "").join("\n"),
    facts: factsOf(
      {
        ...{ state, durationMs, endsAt: times.endsAt },
        ...{ plannedFor: deployment?.scheduledFor ?? null, contact: service?.contact ?? null },
      },
      by,
      row.kind,
    ),
    url:
      deployment === null || service === null
        ? (page ?? `${portalUrl}/internal-feed`)
        : `${portalUrl}/services/${encodeURIComponent(service.slug)}/deployments/${deployment.id}`,
  };
}

/** What users feel, what everybody was told of it, or how it ended and thanks to whom. */
function incidentText(
  { kind, service }: FeedRow,
  incident: NonNullable<FeedRow["incident"]>,
  state: About["state"],
): string {
  if (kind === "incident") return incident.update ?? "";
  const { recoveredAt } = incident;
  if (state !== "recovered" || recoveredAt === null) return incident.title;
  return recoverySentence({ ...incident, recoveredAt, serviceName: service?.name ?? "A service" });
}

function textOf(note: string | null, kind: FeedKind, state: FeedState, word: FeedWord): string {
  if (note !== null) return note;
  return word === "announced" ? "" : plainSentence(kind, state);
}

type Facts = Pick<PublicItem, "durationMs" | "endsAt" | "plannedFor" | "contact"> & { state: About["state"] };

function factsOf(
  { state, durationMs, endsAt, plannedFor, contact }: Facts,
  by: string | null,
  kind: FeedKind,
) {
  const facts: Message["facts"] = [];
  if (state === "announced" && plannedFor !== null)
    facts.push({ name: "Planned for", value: utcText(plannedFor) });
  if (state === "live" && durationMs !== null)
    facts.push({ name: "Took", value: formatDurationMs(durationMs) });
  if (by !== null) facts.push({ name: "By", value: by });
  if (kind === "hold" && state === "held" && endsAt !== null)
    facts.push({ name: "Until", value: utcText(endsAt) });
  if (contact !== null) facts.push({ name: "Talk to", value: contact });
  return facts;
}

function titleOf({ kind, state, service, environment, release }: About): string {
  const place = environment?.name ?? "all environments";
  if (kind === "hold") {
    const what = service === null ? `Releases to ${place}` : `Releases of ${service.name} to ${place}`;
    return state === "held" ? `${what} are on hold` : `${what} go on`;
  }
  const name = service?.name ?? "A service";
  if (kind === "recovery") {
    return state === "recovered"
      ? `${name} has recovered in ${place}`
      : `${name} in ${place}: users are affected`;
  }
  if (kind === "incident") {
    return state === "over" ? `${name} works again in ${place}` : `${name} in ${place}: we are on it`;
  }
  const numbered = release === null ? name : `${name} #${release}`;
  if (kind === "switch-back") {
    const back = release === null ? "the release before" : `#${release}`;
    if (state === "live") return `${name} is back to ${back} in ${place}`;
    if (state === "failed" || state === "cancelled") return `${name} did not go back to ${back} in ${place}`;
    return `${name} goes back to ${back} in ${place}`;
  }
  if (kind === "maintenance") {
    if (state === "live") return `${name} was maintained in ${place}`;
    const hasEnded = state === "failed" || state === "cancelled";
    return `Maintenance of ${name} in ${place} ${hasEnded ? "did not succeed" : "is about to begin"}`;
  }
  if (state === "announced" || state === "waiting") return `${numbered} is about to be released to ${place}`;
  if (state === "started") return `${numbered} is on its way to ${place}`;
  if (state === "live") return `${numbered} is live in ${place}`;
  return state === "cancelled"
    ? `The release of ${numbered} to ${place} was called off`
    : `${numbered} was not released to ${place}`;
}

function toneOf({ kind, state }: About): Message["tone"] {
  if (state === "failed" || state === "held") return "attention";
  if (state === "opened" || state === "ongoing") return "attention";
  if (state === "recovered" || state === "over") return "good";
  return state === "live" && kind !== "maintenance" ? "good" : "calm";
}

/** What is sent to try a channel. */
export function testMessage(id: string, at: Date, channelName: string, portalUrl: string): Message {
  return {
    id,
    event: "test",
    title: `Anytime can write to ${channelName}`,
    text: "This is a test. From now on you read here what the channel’s rules say.",
    facts: [],
    url: `${portalUrl}/feed`,
    tone: "good",
    happenedAt: at.toISOString(),
    about: {
      ...{ itemId: id, kind: "test", state: "live", service: null, environment: null, release: null },
      isFirst: false,
    },
  };
}
