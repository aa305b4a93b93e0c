import { escapeHtml } from "#server/domain/escape-html.ts";
import type { PublicItem } from "#server/domain/public-item.ts";
import { itemUrl, pictureUrl } from "./addresses.ts";

/** A line of the feed as every format of it says it. */
export interface FeedEntry {
  /** Its permanent address, which is its name, too. */
  url: string;
  title: string;
  html: string;
  /** The picture's address; null where the note has none. */
  imageUrl: string | null;
  published: Date;
  updated: Date;
  author: string | null;
  tags: string[];
}

export interface FeedDocument {
  title: string;
  pageUrl: string;
  fileUrl: string;
  updated: Date;
  entries: FeedEntry[];
}

export function feedEntry(item: PublicItem, portalUrl: string): FeedEntry {
  return {
    url: itemUrl(portalUrl, item.id),
    title: titleOf(item),
    html: htmlOf(item, portalUrl),
    imageUrl: imageOf(item, portalUrl),
    published: new Date(item.startedAt),
    updated: new Date(item.endedAt ?? item.startedAt),
    author: item.by,
    tags: [item.kind, ...(item.environment === null ? [] : [item.environment.slug])],
  };
}

/** Nobody is to take for shipped what is on its way or has failed. */
const titleEnds: Partial<Record<PublicItem["state"], string>> = {
  started: " (on its way)",
  failed: " (failed)",
};

function titleOf({ title, service, release, state }: PublicItem): string {
  const number = release === null || title.includes(`#${release}`) ? null : `#${release}`;
  const about = [service?.name, number].filter((word) => word != null).join(" ");
  return `${title}${about === "" ? "" : ` – ${about}`}${titleEnds[state] ?? ""}`;
}

function imageOf({ note }: PublicItem, portalUrl: string): string | null {
  return note === null || note.picture === null ? null : pictureUrl(portalUrl, note.picture.id);
}

function htmlOf(item: PublicItem, portalUrl: string): string {
  const { note, state } = item;
  const sentence = `<p>${escapeHtml(sentenceOf(item))}</p>`;
  if (note === null) return sentence;
  const link = note.linkUrl === null ? "" : `<p><a href="${escapeHtml(note.linkUrl)}">Read more</a></p>`;
  return `${note.html.trim()}${pictureHtml(item, portalUrl)}${link}${state === "live" ? "" : sentence}`;
}

function pictureHtml(item: PublicItem, portalUrl: string): string {
  const url = imageOf(item, portalUrl);
  const picture = item.note?.picture;
  if (url === null || picture == null) return "";
  const { description, width, height } = picture;
  return `<p><img src="${escapeHtml(url)}" alt="${escapeHtml(description)}" width="${width}" height="${height}"></p>`;
}

/** What happened, in plain words. */
function sentenceOf(item: PublicItem): string {
  const { kind, state, environment, service, release, endsAt } = item;
  const place = environment === null ? "" : ` in ${environment.name}`;
  const name = service?.name ?? "Everything";
  const version = release === null ? `A release of ${name}` : `${name} #${release}`;
  if (kind === "hold") {
    const of = service === null ? "" : ` of ${service.name}`;
    if (state !== "held") return `Releases${of}${place} go on.`;
    return `Releases${of}${place} are on hold${endsAt === null ? "" : ` until ${minuteOf(endsAt)}`}.`;
  }
  if (kind === "incident") return `What was wrong with ${name}${place} ${progress[state]}.`;
  if (kind === "maintenance") return `Maintenance of ${name}${place} ${progress[state]}.`;
  if (kind === "switch-back") return `Going back to ${version}${place} ${progress[state]}.`;
  return state === "live"
    ? `${version} is live${place}.`
    : `Releasing ${version}${place} ${progress[state]}.`;
}

const progress: Record<PublicItem["state"], string> = {
  started: "is under way",
  live: "is done",
  failed: "failed",
  held: "is on hold",
  lifted: "goes on",
  ongoing: "goes on",
  over: "is over",
};

function minuteOf(moment: string): string {
  return `${moment.slice(0, 16).replace("T", " ")} UTC`;
}
