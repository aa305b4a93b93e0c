import { inArray } from "drizzle-orm";
import { artifacts } from "#db/schema/releases.ts";
import type { Context } from "#server/kernel/context.ts";
import type { ArtifactStore, StoredArtifact } from "./artifact-store.ts";
import { whileUnneeded } from "./while-unneeded.ts";

const dayMs = 24 * 3_600_000;
const batchSize = 200;

/**
 * Takes out of a store what was marked as unneeded, what no row names since a day, and what was begun and never ended.
 * Resolves with how many went.
 */
export async function clearStore(ctx: Context, store: ArtifactStore): Promise<number> {
  const before = new Date(Date.now() - dayMs);
  let removed = 0;
  for (const found of await unneededIn(ctx, store, before)) {
    if (await whileUnneeded(ctx, found, () => store.remove(found.digest))) removed += 1;
  }
  await store.removeUnfinished(before);
  return removed;
}

/** Listed to the end first: what is removed meanwhile would shift the pages of a listing. */
async function unneededIn(ctx: Context, store: ArtifactStore, before: Date): Promise<StoredArtifact[]> {
  const unneeded: StoredArtifact[] = [];
  let batch: StoredArtifact[] = [];
  const judge = async () => {
    const states = await readStates(ctx, batch);
    unneeded.push(
      ...batch.filter(({ digest, storedAt }) => {
        const isRemoved = states.get(digest);
        return isRemoved === undefined ? storedAt < before : isRemoved;
      }),
    );
    batch = [];
  };
  for await (const stored of store.list()) {
    batch.push(stored);
    if (batch.length === batchSize) await judge();
  }
  await judge();
  return unneeded;
}

/** Whether each that is written down was marked as removed. */
async function readStates(ctx: Context, batch: StoredArtifact[]): Promise<Map<string, boolean>> {
  if (batch.length === 0) return new Map();
  const digests = batch.map(({ digest }) => digest);
  const rows = await ctx.db
    .select({ digest: artifacts.digest, removedAt: artifacts.removedAt })
    .from(artifacts)
    .where(inArray(artifacts.digest, digests));
  return new Map(rows.map(({ digest, removedAt }) => [digest, removedAt !== null]));
}
