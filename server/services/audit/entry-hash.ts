import { createHash } from "node:crypto";
import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";

/**
 * This room reads the audit log: lists, exports and verifies it. It is written by server/kernel/audit.ts alone, inside
 * the room whose change it tells of. Each entry's hash covers the one before it, so that nothing is altered, taken out
 * or put in unnoticed; a head that was noted elsewhere shows even a chain that was made anew.
 */
export const genesisHash = "0".repeat(64);

/** An entry as PostgreSQL writes it as text: the hash is over exactly these characters. */
export const rawEntrySchema = z.object({
  id: z.string(),
  sequence: z.string().nullable(),
  hash: z.string().nullable(),
  happenedAt: z.string(),
  actorKind: z.string(),
  actorId: z.string().nullable(),
  actorName: z.string(),
  actorAddress: z.string().nullable(),
  action: z.string(),
  subject: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type RawEntry = z.output<typeof rawEntrySchema>;

/** The columns of `rawEntrySchema`, each as text. */
export const rawColumns: SQL = sql`
  id::text as "id", sequence::text as "sequence", hash as "hash",
  to_char(happened_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "happenedAt",
  actor_kind as "actorKind", actor_id::text as "actorId", actor_name as "actorName",
  actor_address as "actorAddress", action as "action", subject as "subject",
  before::text as "before", after::text as "after"`;

/** What the database's own function `audit_hash` gives, worked out without it. */
export function entryHash(previousHash: string, entry: RawEntry): string {
  const fields = [
    previousHash,
    entry.sequence,
    entry.id,
    entry.happenedAt,
    entry.actorKind,
    entry.actorId,
    entry.actorName,
    entry.actorAddress,
    entry.action,
    entry.subject,
    entry.before,
    entry.after,
  ];
  const text = fields
    .map((field) => (field === null ? "-" : `${Buffer.byteLength(field)}:${field}`))
    .join("");
  return createHash("sha256").update(text).digest("hex");
}
