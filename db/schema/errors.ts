import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from "drizzle-orm/pg-core";
import type { ErrorSample } from "#server/domain/error-sighting.ts";
import { signalSources } from "#server/domain/signal-source.ts";
import { serviceEnvironments } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const source = () => text("source", { enum: signalSources }).notNull();

/** Errors of one cause in a service environment, in the words of the latest that was kept as an example. */
export const errorGroups = pgTable(
  "error_groups",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    /** As domain/error-fingerprint.ts makes it, or `otherErrors` for all that there was no room for. */
    fingerprint: text("fingerprint").notNull(),
    type: text("type").notNull(),
    /** Scrubbed, as the sample is. */
    message: text("message").notNull(),
    /** File and function where it is thought to come from; null where no frame is known. */
    culprit: text("culprit"),
    source: source(),
    /** The release that told of it first; 0 where none was known by the name it was told under. */
    firstReleaseId: bigint("first_release_id", { mode: "number" }).notNull(),
    firstSeenAt: moment("first_seen_at").notNull(),
    lastSeenAt: moment("last_seen_at").notNull(),
    sample: jsonb("sample").$type<ErrorSample>().notNull(),
  },
  (table) => [
    unique("error_groups_fingerprint_once").on(table.serviceEnvironmentId, table.fingerprint),
    index("error_groups_seen").on(table.serviceEnvironmentId, table.lastSeenAt),
  ],
);

/**
 * How often each was seen, by release and source, by the minute. Partitioned by the day (UTC). What is counted of a group that is
 * gone goes with its day: a key that refers to groups would lock them while a day is made or dropped.
 */
export const errorCounts = pgTable(
  "error_counts",
  {
    groupId: bigint("group_id", { mode: "number" }).notNull(),
    beginsAt: moment("begins_at").notNull(),
    /** 0 where none is known; what it was called stays known without the release. */
    releaseId: bigint("release_id", { mode: "number" }).notNull(),
    source: source(),
    count: integer("count").notNull(),
  },
  (table) => [
    primaryKey({
      name: "error_counts_key",
      columns: [table.groupId, table.beginsAt, table.releaseId, table.source],
    }),
  ],
);
