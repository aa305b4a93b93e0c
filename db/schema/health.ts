import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import { reviewMailKinds, reviewStates } from "#server/domain/review.ts";
import { answers } from "#server/domain/verdict.ts";
import { deployments } from "./deployments.ts";
import { users } from "./identity.ts";
import { releases } from "./releases.ts";
import { serviceEnvironments } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** A deployment that is watched after its switch: what was found, and who watched it. */
export const healthReviews = pgTable(
  "health_reviews",
  {
    deploymentId: bigint("deployment_id", { mode: "number" })
      .primaryKey()
      .references(() => deployments.id, { onDelete: "cascade" }),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    releaseId: bigint("release_id", { mode: "number" })
      .notNull()
      .references(() => releases.id, { onDelete: "cascade" }),
    /** What it is held against; null where nothing was live before. */
    previousReleaseId: bigint("previous_release_id", { mode: "number" }).references(() => releases.id, {
      onDelete: "set null",
    }),
    state: text("state", { enum: reviewStates }).notNull().default("open"),
    /** Since when the release has traffic. */
    openedAt: moment("opened_at").notNull(),
    watchUntil: moment("watch_until").notNull(),
    answer: text("answer", { enum: answers }).notNull().default("not-enough-data"),
    outcome: jsonb("outcome").$type<WatchOutcome>(),
    answeredAt: moment("answered_at"),
    watchedBy: bigint("watched_by", { mode: "number" }).references(() => users.id),
    watchedByName: text("watched_by_name"),
    watchedAt: moment("watched_at"),
  },
  (table) => [
    index("health_reviews_open").on(table.watchUntil).where(sql`state = 'open'`),
    index("health_reviews_place").on(table.serviceEnvironmentId, table.openedAt),
    check("health_reviews_watched", sql`(state = 'watched') = (watched_at is not null)`),
  ],
);

/** What whoever deployed is told by mail of a review, once. */
export const reviewMails = pgTable(
  "review_mails",
  {
    deploymentId: bigint("deployment_id", { mode: "number" })
      .notNull()
      .references(() => healthReviews.deploymentId, { onDelete: "cascade" }),
    kind: text("kind", { enum: reviewMailKinds }).notNull(),
    attempts: smallint("attempts").notNull().default(0),
    nextAt: moment("next_at").notNull().defaultNow(),
    /** When it was sent, or given up. */
    settledAt: moment("settled_at"),
  },
  (table) => [
    primaryKey({ name: "review_mails_key", columns: [table.deploymentId, table.kind] }),
    index("review_mails_next").on(table.nextAt).where(sql`settled_at is null`),
  ],
);

/** How often the verdict was tried on a release held against itself, by the day (UTC), and what it said. */
export const verdictTrials = pgTable(
  "verdict_trials",
  {
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    day: date("day", { mode: "string" }).notNull(),
    trials: integer("trials").notNull(),
    /** False alarms. */
    worse: integer("worse").notNull(),
    noWorse: integer("no_worse").notNull(),
    /** When the stretch of time began that the last of them is about. */
    lastBeganAt: moment("last_began_at").notNull(),
  },
  (table) => [primaryKey({ name: "verdict_trials_key", columns: [table.serviceEnvironmentId, table.day] })],
);
