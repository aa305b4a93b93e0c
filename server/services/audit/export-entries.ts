import { csvLine } from "#server/domain/csv.ts";
import type { Context } from "#server/kernel/context.ts";
import type { RawEntry } from "./entry-hash.ts";
import { type AuditFilter, listEntries } from "./list-entries.ts";

export const exportFormats = ["csv", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const batchSize = 1_000;
const columns: readonly (keyof RawEntry)[] = [
  ...(["sequence", "id", "happenedAt", "actorKind", "actorId", "actorName", "actorAddress"] as const),
  ...(["action", "subject", "before", "after", "hash"] as const),
];

/** What the filter finds, newest first, a batch at a time: whatever its length, little of it is in memory. */
export async function* exportEntries(
  ctx: Context,
  filter: AuditFilter,
  format: ExportFormat,
): AsyncGenerator<string> {
  if (format === "csv") yield csvLine(columns);
  let before: number | undefined;
  do {
    const { items, nextBefore } = await listEntries(ctx, { ...filter, before, limit: batchSize });
    if (items.length > 0) yield items.map(format === "csv" ? csvEntry : jsonEntry).join("");
    before = nextBefore ?? undefined;
  } while (before !== undefined);
}

const csvEntry = (entry: RawEntry) => csvLine(columns.map((column) => entry[column] ?? ""));

/** `before` and `after` go out in the very characters that the hash is over. */
function jsonEntry(entry: RawEntry): string {
  const { before, after, sequence, id, actorId, ...texts } = entry;
  const numbers = { sequence: numberOf(sequence), id: numberOf(id), actorId: numberOf(actorId) };
  const head = JSON.stringify({ ...numbers, ...texts }).slice(0, -1);
  return `${head},"before":${before ?? "null"},"after":${after ?? "null"}}\n`;
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}
