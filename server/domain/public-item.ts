import { z } from "zod";
import { feedKinds, isPublicState, publicStates } from "./feed.ts";
import type { FeedRow } from "./feed-row.ts";
import { noteKinds } from "./note.ts";

/**
 * What somebody without a session may read of a line of the feed: this list of fields and no other. The public page,
 * stream, feeds, badges, mails and channels are all made of it.
 */
export const publicItemSchema = z.strictObject({
  id: z.uuid(),
  kind: z.enum(feedKinds),
  state: z.enum(publicStates),
  service: z.strictObject({ slug: z.string(), name: z.string() }).nullable(),
  environment: z.strictObject({ slug: z.string(), name: z.string() }).nullable(),
  /** Null until the release is made, and where it is about none. */
  release: z.number().nullable(),
  title: z.string(),
  /** Null where nobody wrote one. */
  note: z
    .strictObject({
      /** Null where it is what was published about an incident. */
      kind: z.enum(noteKinds).nullable(),
      html: z.string(),
      /** Without the sentence that is the title; empty where there is no more. */
      restHtml: z.string(),
      plain: z.string(),
      linkUrl: z.string().nullable(),
      picture: z
        .strictObject({ id: z.uuid(), description: z.string(), width: z.number(), height: z.number() })
        .nullable(),
    })
    .nullable(),
  /** ISO 8601, in UTC. */
  startedAt: z.string(),
  /** When it was to start, where somebody said so. */
  plannedFor: z.string().nullable(),
  /** When it was live, had failed or was lifted; of a hold that lasts, null. */
  endedAt: z.string().nullable(),
  /** When a hold ends by itself. */
  endsAt: z.string().nullable(),
  durationMs: z.number().nullable(),
  /** Beside what succeeded, and never beside a failure. */
  by: z.string().nullable(),
  contact: z.string().nullable(),
});
export type PublicItem = z.infer<typeof publicItemSchema>;

export interface RenderedNote {
  html: string;
  restHtml: string;
  plain: string;
  /** The first sentence. */
  title: string;
}

/** Null where nothing of it is public. */
export function publicItemOf(row: FeedRow, render: (text: string) => RenderedNote): PublicItem | null {
  const { state, service, environment, deployment, hold, incident } = row;
  if (!isPublicState(state) || !isShown(row)) return null;
  // Of an incident nothing is public but what a person wrote for everybody, and its times.
  if (incident !== null && (row.kind !== "incident" || incident.update === null)) return null;
  const written = incident?.update ?? row.note?.text ?? "";
  const rendered = written === "" ? null : render(written);
  const endedAt = deployment === null ? (hold?.endedAt ?? incident?.recoveredAt ?? null) : endOf(deployment);
  const startedAt = deployment?.startedAt ?? row.happenedAt;
  return {
    id: row.publicId,
    kind: row.kind,
    state,
    service: service === null ? null : { slug: service.slug, name: service.name },
    environment: environment === null ? null : { slug: environment.slug, name: environment.name },
    release: deployment?.releaseNumber ?? null,
    title: titleOf(row, state, rendered),
    note: noteOf(row, rendered),
    startedAt,
    plannedFor: deployment?.scheduledFor ?? null,
    endedAt,
    endsAt: hold?.endsAt ?? null,
    durationMs:
      (deployment === null && incident === null) || endedAt === null
        ? null
        : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt)),
    by: bylineOf(row),
    contact: service?.contact ?? null,
  };
}

/** A line about a service is shown where both it and its environment are; one about no service, where its place is. */
function isShown({ service, environment, deployment, incident }: FeedRow): boolean {
  if ((deployment !== null || incident !== null) && service === null) return false;
  return (service === null || service.isPublic) && (environment === null || environment.isShown);
}

/** Users have it from the switch on. */
function endOf({ switchedAt, finishedAt }: NonNullable<FeedRow["deployment"]>): string | null {
  return switchedAt ?? finishedAt;
}

function noteOf({ note, incident }: FeedRow, rendered: RenderedNote | null): PublicItem["note"] {
  if (rendered === null) return null;
  const { html, restHtml, plain } = rendered;
  if (incident !== null) return { kind: null, html, restHtml, plain, linkUrl: null, picture: null };
  if (note === null) return null;
  return { kind: note.kind, html, restHtml, plain, linkUrl: note.linkUrl, picture: note.picture };
}

function bylineOf({ state, service, deployment }: FeedRow): string | null {
  if (state !== "live" || service === null || deployment === null) return null;
  if (service.byline === "team") return service.team;
  return service.byline === "person" && deployment.isByPerson ? deployment.requestedByName : null;
}

function titleOf(row: FeedRow, state: PublicItem["state"], rendered: RenderedNote | null): string {
  const { kind, environment, deployment } = row;
  if (kind === "hold") {
    const place = environment === null ? "Releases" : `Releases to ${environment.name}`;
    return state === "held" ? `${place} are on hold` : `${place} go on`;
  }
  if (kind === "incident") return rendered?.title ?? "Something does not work as it should";
  if (kind === "switch-back") {
    const release = deployment?.releaseNumber == null ? "the release before" : `#${deployment.releaseNumber}`;
    return state === "live" ? `Back to ${release}` : `Going back to ${release}`;
  }
  if (kind === "maintenance") return "Maintenance";
  return rendered?.title ?? "Maintenance release";
}
