import type { FeedRow } from "#server/domain/feed-row.ts";
import type { Context } from "#server/kernel/context.ts";
import { type FeedFilter, readFeedPage } from "./read-page.ts";
import { renderNote } from "./render-note.ts";

/** What is known of a line; beside a failure nobody is named. */
export type InternalItem = Omit<FeedRow, "deployment" | "note"> & {
  /** What readers have as its title; null where there is no note. */
  noteTitle: string | null;
  deployment:
    | (Omit<NonNullable<FeedRow["deployment"]>, "requestedByName"> & { requestedByName: string | null })
    | null;
};

export interface InternalFeed {
  items: InternalItem[];
  nextBefore: string | null;
}

/** Everything that happened, newest first, for whoever is signed in. */
export async function readInternalFeed(ctx: Context, filter: FeedFilter): Promise<InternalFeed> {
  const { rows, nextBefore } = await readFeedPage(ctx, "internal", filter);
  return { items: rows.map(itemOf), nextBefore };
}

function itemOf({ deployment, note, ...row }: FeedRow): InternalItem {
  const noteTitle = note === null || note.text === "" ? null : renderNote(note.text).title;
  if (deployment === null) return { ...row, noteTitle, deployment };
  const requestedByName = row.state === "failed" ? null : deployment.requestedByName;
  return { ...row, noteTitle, deployment: { ...deployment, requestedByName } };
}
