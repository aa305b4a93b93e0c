import { bigint, index, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { actorKinds } from "#server/domain/audit.ts";

/**
 * Append-only and hash-chained by the triggers of migration 0004: an entry gets its place at COMMIT, under the lock of
 * `audit_head`, and is never changed again. Written by server/kernel/audit.ts alone.
 */
export const auditEntries = pgTable(
  "audit_entries",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    happenedAt: timestamp("happened_at", { withTimezone: true, mode: "date" }).notNull().defaultNow(),
    actorKind: text("actor_kind", { enum: actorKinds }).notNull(),
    actorId: bigint("actor_id", { mode: "number" }),
    actorName: text("actor_name").notNull(),
    /** Where the request came from; null for what the system does by itself. */
    actorAddress: text("actor_address"),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    before: jsonb("before"),
    after: jsonb("after"),
    /** Place in the chain, given at commit: 1, 2, 3, … without a gap. */
    sequence: bigint("sequence", { mode: "number" }).unique(),
    /** SHA-256 over this entry and the hash of the one before it, in hex. */
    hash: text("hash"),
  },
  (table) => [
    index("audit_entries_subject").on(table.subject, table.id),
    index("audit_entries_happened").on(table.happenedAt, table.id),
    index("audit_entries_action").on(table.action, table.happenedAt, table.id),
  ],
);

/** The end of the chain: one row, which each commit that is audited moves on. */
export const auditHead = pgTable("audit_head", {
  id: integer("id").primaryKey(),
  sequence: bigint("sequence", { mode: "number" }).notNull(),
  hash: text("hash").notNull(),
});
