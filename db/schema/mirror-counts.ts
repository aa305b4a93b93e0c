import { bigint, index, integer, pgTable, primaryKey, timestamp } from "drizzle-orm/pg-core";
import { serviceEnvironments } from "./services.ts";

/** What became of the copies of a service environment's requests, by the minute. */
export const mirrorCounts = pgTable(
  "mirror_counts",
  {
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    beginsAt: timestamp("begins_at", { withTimezone: true, mode: "date" }).notNull(),
    answered: integer("answered").notNull(),
    failed: integer("failed").notNull(),
    leftOut: integer("left_out").notNull(),
  },
  (table) => [
    primaryKey({ name: "mirror_counts_key", columns: [table.serviceEnvironmentId, table.beginsAt] }),
    index("mirror_counts_begins_at").using("brin", table.beginsAt),
  ],
);
