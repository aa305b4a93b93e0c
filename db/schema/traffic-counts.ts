import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { serviceEnvironments } from "./services.ts";

/** What the routers have counted, by release and route, in buckets of a second or ten. */
export const trafficCounts = pgTable(
  "traffic_counts",
  {
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    beginsAt: timestamp("begins_at", { withTimezone: true, mode: "date" }).notNull(),
    seconds: smallint("seconds").notNull(),
    /** The release that answered; 0 where none did. What it was called stays known without it. */
    releaseId: bigint("release_id", { mode: "number" }).notNull(),
    route: text("route").notNull(),
    half: smallint("half").notNull(),
    /** Drawn for by share while two releases stood side by side: only these can be held against each other. */
    byShare: boolean("by_share").notNull().default(false),
    requests: integer("requests").notNull(),
    clientErrors: integer("client_errors").notNull(),
    serverErrors: integer("server_errors").notNull(),
    aborted: integer("aborted").notNull(),
    strays: integer("strays").notNull(),
    /** How many took how long, by the slots of domain/latency-slots.ts. */
    latency: integer("latency").array().notNull().default(sql`'{}'`),
  },
  (table) => [
    primaryKey({
      name: "traffic_counts_key",
      columns: [
        table.serviceEnvironmentId,
        table.beginsAt,
        table.seconds,
        table.releaseId,
        table.route,
        table.half,
        table.byShare,
      ],
    }),
    index("traffic_counts_begins_at").using("brin", table.beginsAt),
  ],
);

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
