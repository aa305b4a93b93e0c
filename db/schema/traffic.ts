import { sql } from "drizzle-orm";
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";
import type { Mirror } from "#server/domain/mirror.ts";
import { chunkCodecs } from "#server/domain/output-chunk.ts";
import { instanceStatuses, poolColors, poolStatuses } from "#server/domain/pools.ts";
import type { Sticky } from "#server/domain/shares.ts";
import { targets } from "#server/domain/targets.ts";
import { bytes } from "./bytes.ts";
import { deployments } from "./deployments.ts";
import { releases } from "./releases.ts";
import { configurations, serviceEnvironments } from "./services.ts";
import { workers } from "./workers.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const serviceEnvironmentId = () =>
  bigint("service_environment_id", { mode: "number" })
    .notNull()
    .references(() => serviceEnvironments.id, { onDelete: "cascade" });

/** What is live: one row per service environment, moved only by a conditional UPDATE of its generation. */
export const pointers = pgTable("pointers", {
  serviceEnvironmentId: serviceEnvironmentId().primaryKey(),
  generation: bigint("generation", { mode: "number" }).notNull().default(0),
  livePool: text("live_pool", { enum: poolColors }),
  candidatePool: text("candidate_pool", { enum: poolColors }),
  /** Share of requests for the candidate pool, 0 to 1. */
  candidateShare: real("candidate_share").notNull().default(0),
  /** Who has been given to one of the two stays with it, as far as this tells them apart; null where each request is drawn for. */
  candidateSticky: jsonb("candidate_sticky").$type<Sticky>(),
  /** Set where the candidate is the release before, held back until then; null where it is a canary. */
  candidateUntil: moment("candidate_until"),
  /** Requests are held until then. */
  heldUntil: moment("held_until"),
  /** What upgraded connections and event streams are still open then to a pool without traffic are closed. */
  drainUntil: moment("drain_until"),
  /** Where a share of its safe requests is copied to. */
  mirror: jsonb("mirror").$type<Mirror>(),
  changedAt: moment("changed_at").notNull().default(sql`clock_timestamp()`),
});

export const pools = pgTable(
  "pools",
  {
    serviceEnvironmentId: serviceEnvironmentId(),
    color: text("color", { enum: poolColors }).notNull(),
    status: text("status", { enum: poolStatuses }).notNull().default("empty"),
    releaseId: bigint("release_id", { mode: "number" }).references(() => releases.id, {
      onDelete: "set null",
    }),
    deploymentId: bigint("deployment_id", { mode: "number" }).references(() => deployments.id, {
      onDelete: "set null",
    }),
    /** What its instances were started with. */
    configurationId: bigint("configuration_id", { mode: "number" }).references(() => configurations.id, {
      onDelete: "set null",
    }),
    /** Where its release runs: only a process release has instances here. */
    target: text("target", { enum: targets }).notNull().default("process"),
    /** The secrets that they were started with, by name: later ones than those of the configuration where that is revoked. */
    secrets: jsonb("secrets").$type<Record<string, number>>().notNull().default({}),
    /** Set while it is idle: its instances end after this moment. */
    warmUntil: moment("warm_until"),
  },
  (table) => [primaryKey({ columns: [table.serviceEnvironmentId, table.color] })],
);

export const instances = pgTable(
  "instances",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceEnvironmentId: serviceEnvironmentId(),
    pool: text("pool", { enum: poolColors }).notNull(),
    releaseId: bigint("release_id", { mode: "number" })
      .notNull()
      .references(() => releases.id, { onDelete: "cascade" }),
    workerId: bigint("worker_id", { mode: "number" })
      .notNull()
      .references(() => workers.id),
    status: text("status", { enum: instanceStatuses }).notNull().default("starting"),
    /** Where routers reach it. */
    host: text("host").notNull(),
    port: integer("port").notNull(),
    pid: integer("pid"),
    /** The kernel's start time of that pid: a reused pid is not mistaken for the instance. */
    pidStartedAt: text("pid_started_at"),
    restarts: integer("restarts").notNull().default(0),
    startedAt: moment("started_at").notNull().default(sql`clock_timestamp()`),
    endedAt: moment("ended_at"),
    outputFile: text("output_file").notNull(),
    /** Until then its worker copies the end of that file into `instance_output`, since somebody looks at it. */
    outputWatchedUntil: moment("output_watched_until"),
  },
  (table) => [
    index("instances_present").on(table.serviceEnvironmentId, table.pool).where(sql`status <> 'ended'`),
    index("instances_worker").on(table.workerId).where(sql`status <> 'ended'`),
  ],
);

/** The last lines that a watched instance printed, masked; numbered from 1 since the watch began. */
export const instanceOutput = pgTable(
  "instance_output",
  {
    instanceId: bigint("instance_id", { mode: "number" })
      .notNull()
      .references(() => instances.id, { onDelete: "cascade" }),
    firstLine: integer("first_line").notNull(),
    lineCount: integer("line_count").notNull(),
    codec: text("codec", { enum: chunkCodecs }).notNull(),
    body: bytes("body").notNull(),
    /** When its worker saw it in the file. */
    printedAt: moment("printed_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.instanceId, table.firstLine] })],
);

/** Every router that may send traffic; one that is silent still counts until it is forgotten. */
export const routers = pgTable("routers", {
  id: uuid("id").primaryKey(),
  host: text("host").notNull(),
  port: integer("port").notNull(),
  pid: integer("pid").notNull(),
  startedAt: moment("started_at").notNull().default(sql`clock_timestamp()`),
  heartbeatAt: moment("heartbeat_at").notNull().default(sql`clock_timestamp()`),
});

export const routerAcknowledgements = pgTable(
  "router_acknowledgements",
  {
    routerId: uuid("router_id")
      .notNull()
      .references(() => routers.id, { onDelete: "cascade" }),
    serviceEnvironmentId: serviceEnvironmentId(),
    generation: bigint("generation", { mode: "number" }).notNull(),
    /** Requests, websockets and streams still open to a pool that is no longer live. */
    openToOldPools: integer("open_to_old_pools").notNull().default(0),
    /** While requests are held: how many are still open to any pool. */
    openRequests: integer("open_requests").notNull().default(0),
    acknowledgedAt: moment("acknowledged_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [primaryKey({ columns: [table.routerId, table.serviceEnvironmentId] })],
);
