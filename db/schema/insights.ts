import { sql } from "drizzle-orm";
import {
  bigint,
  date,
  index,
  integer,
  pgTable,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import { insightLevels, insightMeasures } from "#server/domain/insight-counts.ts";
import { deployments } from "./deployments.ts";
import { environments, serviceEnvironments } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** What a deployment brought that was not live there before it: how much, and since when each commit had been there. */
export const deploymentBatches = pgTable(
  "deployment_batches",
  {
    deploymentId: bigint("deployment_id", { mode: "number" })
      .primaryKey()
      .references(() => deployments.id, { onDelete: "cascade" }),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    switchedAt: moment("switched_at").notNull(),
    /** Null, all of them, where the repository could not tell, or nothing was live before. */
    commits: integer("commits"),
    linesChanged: integer("lines_changed"),
    /** Of the commits that had never been live there. */
    committedAt: timestamp("committed_at", { withTimezone: true, mode: "date" }).array(),
  },
  (table) => [index("deployment_batches_place").on(table.serviceEnvironmentId, table.switchedAt)],
);

/**
 * Days, in UTC, of which something was told after they were added up, by triggers in the transaction that tells it. Each
 * telling is a row of its own: whoever adds a day up takes the rows that it saw, and a later one stays.
 */
export const insightMarks = pgTable("insight_marks", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  /** Null where a service was removed: then its environment is added up anew. */
  serviceEnvironmentId: bigint("service_environment_id", { mode: "number" }),
  environmentId: bigint("environment_id", { mode: "number" }),
  day: date("day", { mode: "string" }).notNull(),
});

/** What happened in a day or a month, added up for each service environment, and for each environment as a whole. */
export const insightCounts = pgTable(
  "insight_counts",
  {
    environmentId: bigint("environment_id", { mode: "number" })
      .notNull()
      .references(() => environments.id, { onDelete: "cascade" }),
    /** Null for all services of the environment together. */
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" }).references(
      () => serviceEnvironments.id,
      { onDelete: "cascade" },
    ),
    level: text("level", { enum: insightLevels }).notNull(),
    /** The day, or the first one of the month. */
    beginsOn: date("begins_on", { mode: "string" }).notNull(),
    measure: text("measure", { enum: insightMeasures }).notNull(),
    /** How large the deployments were, where the measure tells sizes apart; else 0. */
    size: smallint("size").notNull(),
    /** How long something took, where the measure is a duration; else 0. See server/domain/insight-counts.ts. */
    slot: smallint("slot").notNull(),
    count: bigint("count", { mode: "number" }).notNull(),
    /** What those durations are together; else 0. */
    totalMs: bigint("total_ms", { mode: "number" }).notNull(),
  },
  (table) => [
    uniqueIndex("insight_counts_place")
      .on(table.serviceEnvironmentId, table.level, table.measure, table.beginsOn, table.size, table.slot)
      .where(sql`service_environment_id is not null`),
    uniqueIndex("insight_counts_whole")
      .on(table.environmentId, table.level, table.measure, table.beginsOn, table.size, table.slot)
      .where(sql`service_environment_id is null`),
  ],
);
