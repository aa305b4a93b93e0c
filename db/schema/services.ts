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
    /** Typed into the portal; null where `anytime.yaml` is read from the repository at each commit. */
    typedSettings: jsonb("typed_settings").$type<SettingsFileInput>(),
    /** The number that the newest release got; the next one takes this plus one. */
    lastReleaseNumber: integer("last_release_number").notNull().default(0),
    isTour: boolean("is_tour").notNull().default(false),
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
    /** Whether a newer commit takes the place of an older one that still waits here; else both run, in order. */
    supersedesWaiting: boolean("supersedes_waiting").notNull().default(false),
    /** What must be true of a commit before it is deployed here; a machine checks it. */
    conditions: jsonb("conditions").$type<Condition[]>().notNull().default([]),
  },
  (table) => [unique("service_environments_once").on(table.serviceId, table.environmentId)],
);

/** Facts about this installation that must be remembered once, such as that the tour was set up. */
export const installationFacts = pgTable("installation_facts", {
  key: text("key").primaryKey(),
  value: text("value").notNull(),
  updatedAt: moment("updated_at").notNull().defaultNow(),
});
