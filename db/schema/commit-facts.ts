import { bigint, pgTable, text, timestamp, unique } from "drizzle-orm/pg-core";
import { factStates, reportedFacts } from "#server/domain/conditions.ts";
import { services } from "./services.ts";

/** What machines reported about a commit. A later report on the same takes the place of the one before. */
export const commitFacts = pgTable(
  "commit_facts",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceId: bigint("service_id", { mode: "number" })
      .notNull()
      .references(() => services.id, { onDelete: "cascade" }),
    sha: text("sha").notNull(),
    fact: text("fact", { enum: reportedFacts }).notNull(),
    state: text("state", { enum: factStates }).notNull(),
    /** Where to read more; https only. */
    url: text("url"),
    reportedByName: text("reported_by_name").notNull(),
    reportedAt: timestamp("reported_at", { withTimezone: true, mode: "date" }).notNull().defaultNow(),
  },
  (table) => [unique("commit_facts_once").on(table.serviceId, table.sha, table.fact)],
);
