import { sql } from "drizzle-orm";
import { z } from "zod";
import { auditEntries, auditHead } from "#db/schema/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import { entryHash, genesisHash, type RawEntry, rawColumns, rawEntrySchema } from "./entry-hash.ts";

export interface ChainReport {
  /** How many entries fit, from the first on. */
  entries: number;
  /** Of the last one that fits. */
  headHash: string;
  /** Null where the whole chain is intact; else which entry does not fit, and how, in a sentence. */
  problem: string | null;
}

const batchSize = 1_000;
const headSchema = z.object({ sequence: z.string(), hash: z.string() });

/**
 * Walks the whole chain in batches and works out every hash anew. `notedHashes` are heads that somebody wrote down
 * earlier: each must still occur in it. One snapshot is read, so that what is being written meanwhile does not matter.
 */
export function verifyChain(ctx: Context, input: { notedHashes?: string[] } = {}): Promise<ChainReport> {
  const config = { isolationLevel: "repeatable read", accessMode: "read only" } as const;
  return ctx.db.transaction((tx) => walk({ ...ctx, db: tx }, new Set(input.notedHashes ?? [])), config);
}

async function walk(ctx: Context, noted: Set<string>): Promise<ChainReport> {
  let entries = 0;
  let headHash = genesisHash;
  const report = (problem: string | null): ChainReport => ({ entries, headHash, problem });
  const unchained = await readUnchained(ctx);
  if (unchained !== null) return report(`Entry with id ${unchained.id} has no place in the chain.`);
  noted.delete(headHash);
  for (;;) {
    const batch = await readBatch(ctx, entries);
    for (const entry of batch) {
      const problem = misfit(entry, entries + 1, headHash);
      if (problem !== null) return report(problem);
      entries += 1;
      headHash = entry.hash ?? "";
      noted.delete(headHash);
    }
    if (batch.length < batchSize) break;
  }
  return report((await headMisfit(ctx, entries, headHash)) ?? notedMisfit(noted));
}

function misfit(entry: RawEntry, place: number, previousHash: string): string | null {
  if (entry.sequence !== String(place)) {
    return `Entry ${place} is missing: after ${place - 1} comes ${entry.sequence} (id ${entry.id}).`;
  }
  if (entry.hash === entryHash(previousHash, entry)) return null;
  return `Entry ${place} (id ${entry.id}, ${entry.action} of ${entry.subject}) is not what was recorded: its hash does not fit.`;
}

async function headMisfit(ctx: Context, entries: number, lastHash: string): Promise<string | null> {
  const [head] = z
    .array(headSchema)
    .parse([
      ...(await ctx.db.execute(sql`select sequence::text as sequence, hash from ${auditHead} where id = 1`)),
    ]);
  if (head === undefined) return "The head of the chain is missing.";
  if (head.sequence !== String(entries)) {
    return Number(head.sequence) > entries
      ? `Entry ${entries + 1} is missing: the chain ends at ${entries}, its head is at ${head.sequence}.`
      : `Entry ${Number(head.sequence) + 1} stands behind the head of the chain, which is at ${head.sequence}.`;
  }
  return head.hash === lastHash ? null : `The head of the chain is not the hash of entry ${entries}.`;
}

function notedMisfit(missing: Set<string>): string | null {
  const [hash] = missing;
  return hash === undefined ? null : `The noted hash ${hash} does not occur: the chain was made anew.`;
}

async function readBatch(ctx: Context, after: number): Promise<RawEntry[]> {
  const rows = await ctx.db.execute(sql`
    select ${rawColumns} from ${auditEntries} where sequence > ${after} order by ${auditEntries.sequence} limit ${batchSize}`);
  return z.array(rawEntrySchema).parse([...rows]);
}

async function readUnchained(ctx: Context): Promise<RawEntry | null> {
  const rows = await ctx.db.execute(sql`
    select ${rawColumns} from ${auditEntries} where sequence is null or sequence < 1 order by ${auditEntries.id} limit 1`);
  return z.array(rawEntrySchema).parse([...rows])[0] ?? null;
}
