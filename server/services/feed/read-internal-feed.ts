import type { FeedRow } from "#server/domain/feed-row.ts";
import type { Context } from "#server/kernel/context.ts";
import { type FeedFilter, readFeedPage } from "./read-page.ts";

/** Null beside a failure, which names nobody. */
export type InternalItem = Omit<FeedRow, "deployment"> & {
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
  return { items: rows.map(withoutCulprit), nextBefore };
}

function withoutCulprit({ deployment, ...row }: FeedRow): InternalItem {
  if (deployment === null) return { ...row, deployment };
  const { requestedByName } = deployment;
  return {
    ...row,
    deployment: { ...deployment, requestedByName: row.state === "failed" ? null : requestedByName },
  };
}
