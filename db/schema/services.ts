import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  index,
  integer,
  jsonb,
  pgTable,
  text,
  timestamp,
  unique,
} from "drizzle-orm/pg-core";
import type { Condition } from "#server/domain/conditions.ts";
import { bylines } from "#server/domain/feed.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { teams } from "./identity.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const environments = pgTable("environments", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  /** Left to right on every screen; a release is promoted to the next position. */
  position: integer("position").notNull().unique(),
  isProduction: boolean("is_production").notNull().default(false),
  /** Whether the public feed shows what public services do here. */
  isShown: boolean("is_shown").notNull().default(false),
});

export const services = pgTable(
  "services",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    slug: text("slug").notNull().unique(),
    name: text("name").notNull(),
    team: text("team").references(() => teams.name, { onUpdate: "cascade", onDelete: "set null" }),
    repositoryUrl: text("repository_url").notNull(),
    defaultBranch: text("default_branch").notNull(),
    /** Where its settings file lies in the repository. */
    settingsPath: text("settings_path").notNull().default("anytime.yaml"),
    /** Typed into the portal; null where `anytime.yaml` is read from the repository at each commit. */
    typedSettings: jsonb("typed_settings").$type<SettingsFileInput>(),
    /** The number that the newest release got; the next one takes this plus one. */
    lastReleaseNumber: integer("last_release_number").notNull().default(0),
    isTour: boolean("is_tour").notNull().default(false),
    /** Whether the public feed shows it, in the environments that are shown. */
    isPublic: boolean("is_public").notNull().default(false),
    /** Who is named there beside what succeeded. */
    publicByline: text("public_byline", { enum: bylines }).notNull().default("team"),
    /** Whom readers of the public feed can talk to, in words. */
    publicContact: text("public_contact"),
    createdAt: moment("created_at").notNull().defaultNow(),
    /** Set when a person removes the service: its instances end first, then its rows go. */
    removalRequestedAt: moment("removal_requested_at"),
  },
  (table) => [index("services_team").on(table.team)],
);

export const serviceEnvironments = pgTable(
  "service_environments",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceId: bigint("service_id", { mode: "number" })
      .notNull()
      .references(() => services.id, { onDelete: "cascade" }),
    environmentId: bigint("environment_id", { mode: "number" })
      .notNull()
      .references(() => environments.id),
    /** Commits of the default branch that are not live here, and the two ends that they were counted between. */
    waitingCommits: integer("waiting_commits"),
    waitingLiveSha: text("waiting_live_sha"),
    waitingHeadSha: text("waiting_head_sha"),
    /** When the oldest of them was committed, and how many lines they add and remove; null where none waits. */
    waitingSince: moment("waiting_since"),
    waitingLines: integer("waiting_lines"),
    /** Whether a newer commit takes the place of an older one that still waits here; else both run, in order. */
    supersedesWaiting: boolean("supersedes_waiting").notNull().default(false),
    /** What must be true of a commit before it is deployed here; a machine checks it. */
    conditions: jsonb("conditions").$type<Condition[]>().notNull().default([]),
    /** Only workers with this label take its deployments; null means any. */
    workerLabel: text("worker_label"),
    /** Each new commit of this branch is deployed here by itself; null where none is. */
    automaticBranch: text("automatic_branch"),
    /** What has been good for so long in the environment before is promoted here by itself; null where nothing is. */
    promotesAfterMinutes: integer("promotes_after_minutes"),
    /** Set while automatic deployments pause here until a person says otherwise: since when, and why. */
    automationPausedAt: moment("automation_paused_at"),
    automationPausedReason: text("automation_paused_reason"),
    /** What automation did or waits for when it last looked, in words. */
    automationNote: text("automation_note"),
  },
  (table) => [unique("service_environments_once").on(table.serviceId, table.environmentId)],
);

/**
 * What a service environment sets beside the release: versions, never changed. A deployment names the one that it
 * brings, so that going back to a release brings its configuration back.
 */
export const configurations = pgTable(
  "configurations",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    /** From 1, in each service environment. */
    version: integer("version").notNull(),
    /** Null where the release's own settings say how many. */
    instances: integer("instances"),
    /** Plain values, over those of the release's own settings. */
    variables: jsonb("variables").$type<Record<string, string>>().notNull().default({}),
    /** By name, the id of the value in `secrets`. */
    secrets: jsonb("secrets").$type<Record<string, number>>().notNull().default({}),
    madeByName: text("made_by_name").notNull(),
    madeAt: moment("made_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [unique("configurations_version_once").on(table.serviceEnvironmentId, table.version)],
);

/** Values that nobody reads again, each as it was set once. What is sealed is bound to its service environment and name. */
export const secrets = pgTable(
  "secrets",
  {
    /** A greater one was set later. */
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    name: text("name").notNull(),
    /** See server/kernel/sealed-value.ts. */
    sealedValue: text("sealed_value").notNull(),
    madeByName: text("made_by_name").notNull(),
    madeAt: moment("made_at").notNull().default(sql`clock_timestamp()`),
    /** From then on nothing is started with it, whatever configuration names it. */
    revokedAt: moment("revoked_at"),
    revokedByName: text("revoked_by_name"),
  },
  (table) => [index("secrets_place").on(table.serviceEnvironmentId, table.id)],
);

/** Facts about this installation that must be remembered once, such as that the tour was set up. */
export const installationFacts = pgTable("installation_facts", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
  updatedAt: moment("updated_at").notNull().defaultNow(),
});
