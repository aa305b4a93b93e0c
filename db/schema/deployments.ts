import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { CheckedCondition } from "#server/domain/conditions.ts";
import { deploymentKinds, deploymentStatuses, stepNames, stepStatuses } from "#server/domain/deployment.ts";
import { chunkCodecs } from "#server/domain/output-chunk.ts";
import { poolColors } from "#server/domain/pools.ts";
import type { Reason } from "#server/domain/reasons.ts";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import type { SwitchCounts } from "#server/domain/switch-counts.ts";
import { bytes } from "./bytes.ts";
import { users } from "./identity.ts";
import { releases } from "./releases.ts";
import { configurations, serviceEnvironments } from "./services.ts";
import { workers } from "./workers.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** The queue is these rows: there is no second place that knows what waits or runs. */
export const deployments = pgTable(
  "deployments",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    kind: text("kind", { enum: deploymentKinds }).notNull(),
    status: text("status", { enum: deploymentStatuses }).notNull().default("queued"),
    sha: text("sha").notNull(),
    subject: text("subject").notNull(),
    authorName: text("author_name").notNull(),
    /** Null until the package step has made the release; set at once where it exists already. */
    releaseId: bigint("release_id", { mode: "number" }).references(() => releases.id, {
      onDelete: "set null",
    }),
    /** What was live when this was asked for. */
    previousReleaseId: bigint("previous_release_id", { mode: "number" }).references(() => releases.id, {
      onDelete: "set null",
    }),
    /** The configuration that it brings; null where none has been made. */
    configurationId: bigint("configuration_id", { mode: "number" }).references(() => configurations.id, {
      onDelete: "set null",
    }),
    /** What the instances that were live ran with, when this was asked for; read anew when what is live ships again. */
    previousConfigurationId: bigint("previous_configuration_id", { mode: "number" }).references(
      () => configurations.id,
      { onDelete: "set null" },
    ),
    /** The pool that the release was started in. */
    pool: text("pool", { enum: poolColors }),
    reasons: jsonb("reasons").$type<Reason[]>().notNull().default([]),
    /** The conditions as they were found when it was asked for. */
    conditions: jsonb("conditions").$type<CheckedCondition[]>().notNull().default([]),
    /** Whether it builds without what builds before it have kept. */
    cleanBuild: boolean("clean_build").notNull().default(false),
    /** Why it was deployed although a condition was not met. */
    overrideReason: text("override_reason"),
    requestedBy: bigint("requested_by", { mode: "number" }).references(() => users.id),
    requestedByName: text("requested_by_name").notNull(),
    requestedAt: moment("requested_at").notNull().default(sql`clock_timestamp()`),
    /** It waits in the queue for this time too; null where it was asked for now. */
    scheduledFor: moment("scheduled_for"),
    /** When that time had come and nothing spoke against it any more: from here on it may be claimed. */
    scheduleReachedAt: moment("schedule_reached_at"),
    startedAt: moment("started_at"),
    switchedAt: moment("switched_at"),
    /** From the pointer's change to the last router's acknowledgement. */
    switchDurationMs: integer("switch_duration_ms"),
    /** What routers counted around the switch; null until that is complete. */
    switchCounts: jsonb("switch_counts").$type<SwitchCounts>(),
    finishedAt: moment("finished_at"),
    /** While its release is served beside the live one: when all traffic moves to it by itself. */
    canaryEndsAt: moment("canary_ends_at"),
    /** How its release did beside the live one, as far as it is known; null where it had no share, or nothing was counted. */
    canaryOutcome: jsonb("canary_outcome").$type<WatchOutcome>(),
    cancelRequestedAt: moment("cancel_requested_at"),
    /** The newer one that took its place while it waited. */
    supersededBy: bigint("superseded_by", { mode: "number" }).references((): AnyPgColumn => deployments.id, {
      onDelete: "set null",
    }),
    /** Why it was cancelled, in words, where no person did it. */
    cancelReason: text("cancel_reason"),
    failedStep: text("failed_step", { enum: stepNames }),
    /** What went wrong and what to do, in words. What was not changed follows from the other columns. */
    failureReason: text("failure_reason"),
    leaseWorkerId: bigint("lease_worker_id", { mode: "number" }).references(() => workers.id),
    /** Raised at each claim: writes of an earlier holder match no row. */
    leaseNumber: integer("lease_number").notNull().default(0),
    leaseExpiresAt: moment("lease_expires_at"),
    /** The partition of its log; null until it was first claimed. */
    logDay: date("log_day", { mode: "string" }),
  },
  (table) => [
    uniqueIndex("deployments_one_running").on(table.serviceEnvironmentId).where(sql`status = 'running'`),
    index("deployments_queue").on(table.id).where(sql`status = 'queued'`),
    index("deployments_requested").on(table.requestedAt),
    index("deployments_history").on(table.serviceEnvironmentId, table.id),
    // A scheduled one switches after others that were asked for later.
    index("deployments_switched")
      .on(table.serviceEnvironmentId, table.switchedAt)
      .where(sql`switched_at is not null`),
    index("deployments_ended")
      .on(table.serviceEnvironmentId, table.finishedAt)
      .where(sql`status in ('succeeded','failed')`),
    // Which of them brought a release.
    index("deployments_brought")
      .on(table.serviceEnvironmentId, table.releaseId, table.switchedAt)
      .where(sql`switched_at is not null`),
    // Which of them took a release away, as bad ones are.
    index("deployments_remedies")
      .on(table.serviceEnvironmentId, table.previousReleaseId)
      .where(sql`kind in ('switch-back','roll-forward') and switched_at is not null`),
    index("deployments_commit").on(table.serviceEnvironmentId, table.sha),
    index("deployments_leases").on(table.leaseExpiresAt).where(sql`lease_expires_at is not null`),
    check("deployments_finished", sql`(status in ('queued','running')) = (finished_at is null)`),
  ],
);

export const steps = pgTable(
  "steps",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    deploymentId: bigint("deployment_id", { mode: "number" })
      .notNull()
      .references(() => deployments.id, { onDelete: "cascade" }),
    position: integer("position").notNull(),
    name: text("name", { enum: stepNames }).notNull(),
    status: text("status", { enum: stepStatuses }).notNull().default("pending"),
    startedAt: moment("started_at"),
    endedAt: moment("ended_at"),
    /** Why it was skipped, what it did (`2 instances healthy`), or why it failed. */
    detail: text("detail"),
  },
  (table) => [unique("steps_once").on(table.deploymentId, table.name)],
);

/**
 * Output of steps, masked: whole lines with their line feeds, ANSI kept. Lines are numbered from 1 through the whole
 * deployment. Partitioned by `day`, which the deployment's row names, so that what is kept no longer goes as a whole.
 */
export const logChunks = pgTable(
  "log_chunks",
  {
    day: date("day", { mode: "string" }).notNull(),
    deploymentId: bigint("deployment_id", { mode: "number" })
      .notNull()
      .references(() => deployments.id, { onDelete: "cascade" }),
    step: text("step", { enum: stepNames }).notNull(),
    firstLine: integer("first_line").notNull(),
    lineCount: integer("line_count").notNull(),
    codec: text("codec", { enum: chunkCodecs }).notNull(),
    body: bytes("body").notNull(),
    /** When the first of its lines was printed, by the database's clock. */
    printedAt: moment("printed_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.day, table.deploymentId, table.firstLine] }),
    index("log_chunks_steps").on(table.day, table.deploymentId, table.step, table.firstLine),
  ],
);
