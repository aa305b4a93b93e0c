import {
  bigint,
  boolean,
  index,
  integer,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import { signalSources, telemetryKinds } from "#server/domain/signal-source.ts";
import { serviceEnvironments } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const serviceEnvironmentId = () =>
  bigint("service_environment_id", { mode: "number" })
    .notNull()
    .references(() => serviceEnvironments.id, { onDelete: "cascade" });
const source = () => text("source", { enum: signalSources }).notNull();
/** The release that answered; 0 where none did. What it was called stays known without it. */
const releaseId = () => bigint("release_id", { mode: "number" }).notNull();
/** How many took how long, as `packSlots` of domain/latency-slots.ts has it: sums add slot by slot. */
const latency = () => numeric("latency").notNull().default("0");

/** What was counted, by release and route, in buckets of a second or ten. Partitioned by the day (UTC). */
export const requestCounts = pgTable(
  "request_counts",
  {
    serviceEnvironmentId: serviceEnvironmentId(),
    source: source(),
    beginsAt: moment("begins_at").notNull(),
    seconds: smallint("seconds").notNull(),
    releaseId: releaseId(),
    route: text("route").notNull(),
    half: smallint("half").notNull(),
    /** Drawn for by share while two releases stood side by side: only these can be held against each other. */
    byShare: boolean("by_share").notNull().default(false),
    requests: integer("requests").notNull(),
    clientErrors: integer("client_errors").notNull(),
    serverErrors: integer("server_errors").notNull(),
    aborted: integer("aborted").notNull(),
    strays: integer("strays").notNull(),
    latency: latency(),
  },
  (table) => [
    primaryKey({
      name: "request_counts_key",
      columns: [
        table.serviceEnvironmentId,
        table.source,
        table.beginsAt,
        table.seconds,
        table.releaseId,
        table.route,
        table.half,
        table.byShare,
      ],
    }),
  ],
);

/** Sums over halves and lots. The route `allRoutes` of domain/route-template.ts stands for all of them together. */
const sums = () => ({
  serviceEnvironmentId: serviceEnvironmentId(),
  source: source(),
  route: text("route").notNull(),
  beginsAt: moment("begins_at").notNull(),
  releaseId: releaseId(),
  requests: bigint("requests", { mode: "number" }).notNull(),
  clientErrors: bigint("client_errors", { mode: "number" }).notNull(),
  serverErrors: bigint("server_errors", { mode: "number" }).notNull(),
  aborted: bigint("aborted", { mode: "number" }).notNull(),
  strays: bigint("strays", { mode: "number" }).notNull(),
  latency: latency(),
});

/** The same by the minute. Partitioned by the day (UTC). */
export const requestMinutes = pgTable("request_minutes", sums(), (table) => [
  primaryKey({
    name: "request_minutes_key",
    columns: [table.serviceEnvironmentId, table.source, table.route, table.beginsAt, table.releaseId],
  }),
]);

/** The same by the hour. Partitioned by the month (UTC). */
export const requestHours = pgTable("request_hours", sums(), (table) => [
  primaryKey({
    name: "request_hours_key",
    columns: [table.serviceEnvironmentId, table.source, table.route, table.beginsAt, table.releaseId],
  }),
]);

/**
 * Minutes and hours that something was counted in since they were summed last. Whoever counts locks the row until what it
 * counted is there: nobody sums a stretch of time that is still being written.
 */
export const sumsDue = pgTable(
  "sums_due",
  {
    serviceEnvironmentId: serviceEnvironmentId(),
    source: source(),
    /** 60 or 3,600. */
    seconds: smallint("seconds").notNull(),
    beginsAt: moment("begins_at").notNull(),
    dueAt: moment("due_at").notNull(),
  },
  (table) => [
    primaryKey({
      name: "sums_due_key",
      columns: [table.serviceEnvironmentId, table.source, table.seconds, table.beginsAt],
    }),
    index("sums_due_next").on(table.dueAt),
  ],
);

/** Whoever counts, as long as it runs: how many of its batches are stored. None is stored twice. */
export const counters = pgTable("counters", {
  id: uuid("id").primaryKey(),
  storedBatch: bigint("stored_batch", { mode: "number" }).notNull(),
  heardAt: moment("heard_at").notNull(),
});

/** Keys that were replaced: of which generation the present one is, and until when the one before opens, too. */
export const telemetryKeys = pgTable("telemetry_keys", {
  serviceEnvironmentId: serviceEnvironmentId().primaryKey(),
  generation: smallint("generation").notNull(),
  formerUntil: moment("former_until").notNull(),
});

/** When each service environment was last heard of, by what it tells. */
export const telemetryHeard = pgTable(
  "telemetry_heard",
  {
    serviceEnvironmentId: serviceEnvironmentId(),
    kind: text("kind", { enum: telemetryKinds }).notNull(),
    heardAt: moment("heard_at").notNull(),
    /** What could not be true, or was too much, of what it told last. */
    refused: integer("refused").notNull(),
  },
  (table) => [primaryKey({ name: "telemetry_heard_key", columns: [table.serviceEnvironmentId, table.kind] })],
);
