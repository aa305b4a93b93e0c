import { z } from "zod";
import { feedKinds } from "#server/domain/feed.ts";
import { noteKinds } from "#server/domain/note.ts";
import { dismissNoteOf, readNoteOf, writeNoteOf } from "#server/flows/write-note.ts";
import { readInternalFeed } from "#server/services/feed/read-internal-feed.ts";
import { listPublicPlaces, readPublicFeed, readPublicItem } from "#server/services/feed/read-public-feed.ts";
import { readPublicLive } from "#server/services/feed/read-public-live.ts";
import { renderNote } from "#server/services/feed/render-note.ts";
import { open, permitted, router } from "./procedures.ts";
import { count, limit, slug, text } from "./schemas.ts";

const filter = z.object({
  serviceSlug: slug.optional(),
  environmentSlug: slug.optional(),
  kind: z.enum(feedKinds).optional(),
  text: text.max(200, "Search for at most 200 characters.").optional(),
  before: text.optional(),
  limit: limit(100, 30),
});

/** More than anybody reads on one page. */
const mostLive = 200;
const commit = { serviceSlug: slug, sha: text };

export const feedRouter = router({
  public: open.input(filter).query(({ ctx, input }) => readPublicFeed(ctx.verb, input)),
  item: open.input(z.object({ id: text })).query(({ ctx, input }) => readPublicItem(ctx.verb, input.id)),
  places: open.query(({ ctx }) => listPublicPlaces(ctx.verb)),
  live: open
    .input(z.object({ serviceSlug: slug.optional() }))
    .query(({ ctx, input }) => readPublicLive(ctx.verb, { ...input, limit: mostLive })),
  internal: permitted("read")
    .input(filter.omit({ before: true }).extend({ cursor: text.nullish() }))
    .query(({ ctx, input: { cursor, ...input } }) =>
      readInternalFeed(ctx.verb, { ...input, before: cursor ?? undefined }),
    ),
  note: permitted("read")
    .input(z.object(commit))
    .query(({ ctx, input }) => readNoteOf(ctx.verb, input)),
  previewNote: permitted("read")
    .input(z.object({ text }))
    // Not by a query: what is only being written stands in no address.
    .mutation(({ input }) => renderNote(input.text)),
  writeNote: permitted("deploy")
    .input(
      z.object({
        ...commit,
        kind: z.enum(noteKinds),
        text,
        linkUrl: text.nullable(),
        picture: z.object({ id: z.uuid(), description: text }).nullish(),
        version: count.optional(),
      }),
    )
    .mutation(({ ctx, input }) => writeNoteOf(ctx.verb, input)),
  dismissNote: permitted("deploy")
    .input(z.object(commit))
    .mutation(({ ctx, input }) => dismissNoteOf(ctx.verb, input)),
});
