import { sql } from "drizzle-orm";
import { bigint, integer, jsonb, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import type { WorkerIsolation } from "#server/domain/limits.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** A worker keeps its row, by name, over restarts: the instances on its machine stay its own. */
export const workers = pgTable("workers", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  name: text("name").notNull().unique(),
  host: text("host").notNull(),
  pid: integer("pid").notNull(),
  /** How many deployments it runs at once. */
  capacity: integer("capacity").notNull(),
  /** What it can do that others cannot: a service environment may ask for one of them. */
  labels: text("labels").array().notNull().default([]),
  /** How it keeps services apart and within their limits; null for one that does not say. */
  isolation: jsonb("isolation").$type<WorkerIsolation>(),
  startedAt: moment("started_at").notNull().default(sql`clock_timestamp()`),
  heartbeatAt: moment("heartbeat_at").notNull().default(sql`clock_timestamp()`),
  /** Set when it ended in order; a crash leaves it null and the heartbeat old. */
  stoppedAt: moment("stopped_at"),
  /** Set when an operator said that it is gone for good; one that is heard again is known again. */
  forgottenAt: moment("forgotten_at"),
  /** When another process of this name ended itself because this one had taken the name, and where that was. */
  clashedAt: moment("clashed_at"),
  clashedWith: text("clashed_with"),
});
