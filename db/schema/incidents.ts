import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  real,
  text,
  timestamp,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import {
  incidentEventKinds,
  incidentSources,
  incidentStates,
  mitigations,
  ongoingStates,
  recoverySources,
} from "#server/domain/incident.ts";
import { deployments } from "./deployments.ts";
import { users } from "./identity.ts";
import { releases } from "./releases.ts";
import { serviceEnvironments } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
const incidentId = () =>
  bigint("incident_id", { mode: "number" })
    .notNull()
    .references((): AnyPgColumn => incidents.id, { onDelete: "cascade" });
const ongoing = sql.raw(ongoingStates.map((state) => `'${state}'`).join(", "));

/** What users of a service environment felt. The change behind it may be known; who made it does not stand here. */
export const incidents = pgTable(
  "incidents",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    state: text("state", { enum: incidentStates }).notNull(),
    source: text("source", { enum: incidentSources }).notNull(),
    /** What users feel, as a sentence. */
    title: text("title").notNull(),
    /** The change that the evidence points to; null where it points to none. */
    deploymentId: bigint("deployment_id", { mode: "number" }).references(() => deployments.id, {
      onDelete: "set null",
    }),
    /** What was live when it began. */
    releaseId: bigint("release_id", { mode: "number" }).references(() => releases.id, {
      onDelete: "set null",
    }),
    /** Set where slowness is felt: a request that took longer felt it; null where one felt it that failed. */
    slowerThanMs: real("slower_than_ms"),
    beganAt: moment("began_at").notNull(),
    detectedAt: moment("detected_at").notNull(),
    mitigatedAt: moment("mitigated_at"),
    mitigation: text("mitigation", { enum: mitigations }),
    /** What it was mitigated by, where that was a deployment. */
    mitigatingDeploymentId: bigint("mitigating_deployment_id", { mode: "number" }).references(
      () => deployments.id,
      { onDelete: "set null" },
    ),
    recoveredAt: moment("recovered_at"),
    recoverySource: text("recovery_source", { enum: recoverySources }),
    /** Counted from its begin to its end: all requests, and those that felt it. */
    requests: bigint("requests", { mode: "number" }).notNull().default(0),
    affected: bigint("affected", { mode: "number" }).notNull().default(0),
    /** Lines that the commits of what mitigated it changed; null where that is not known. */
    fixLines: integer("fix_lines"),
    /** Since when the public feed tells of it. */
    publishedAt: moment("published_at"),
  },
  (table) => [
    uniqueIndex("incidents_one_ongoing").on(table.serviceEnvironmentId).where(sql`state in (${ongoing})`),
    index("incidents_place").on(table.serviceEnvironmentId, table.beganAt),
    index("incidents_change").on(table.deploymentId).where(sql`deployment_id is not null`),
    index("incidents_mitigation")
      .on(table.mitigatingDeploymentId)
      .where(sql`mitigating_deployment_id is not null`),
    index("incidents_recovered").on(table.recoveredAt).where(sql`state = 'recovered'`),
    check("incidents_over", sql`(state = 'recovered') = (recovered_at is not null)`),
  ],
);

/** What is written into its timeline; what deployments and reviews tell is read where it stands. */
export const incidentEvents = pgTable(
  "incident_events",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    incidentId: incidentId(),
    happenedAt: moment("happened_at").notNull(),
    kind: text("kind", { enum: incidentEventKinds }).notNull(),
    /** Null where the portal wrote it by itself. */
    byId: bigint("by_id", { mode: "number" }).references(() => users.id),
    byName: text("by_name"),
    text: text("text").notNull().default(""),
    /** What the evidence is known by, where it is some: the same is written once. */
    cause: text("cause"),
  },
  (table) => [
    index("incident_events_of").on(table.incidentId, table.id),
    uniqueIndex("incident_events_cause").on(table.cause, table.incidentId).where(sql`cause is not null`),
  ],
);

/** Deployments that say which incident they are to end: as many as it takes. */
export const incidentAttempts = pgTable(
  "incident_attempts",
  {
    deploymentId: bigint("deployment_id", { mode: "number" })
      .primaryKey()
      .references(() => deployments.id, { onDelete: "cascade" }),
    incidentId: incidentId(),
  },
  (table) => [index("incident_attempts_of").on(table.incidentId)],
);

/** Whoever thanks whom for a recovery, once each. */
export const incidentThanks = pgTable(
  "incident_thanks",
  {
    incidentId: incidentId(),
    fromId: bigint("from_id", { mode: "number" })
      .notNull()
      .references(() => users.id),
    fromName: text("from_name").notNull(),
    text: text("text").notNull().default(""),
    saidAt: moment("said_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.incidentId, table.fromId] })],
);

/** What the team learned from it. */
export const writeUps = pgTable("write_ups", {
  incidentId: incidentId().primaryKey(),
  whatHappened: text("what_happened").notNull(),
  whatHelped: text("what_helped").notNull(),
  whatWeChange: text("what_we_change").notNull(),
  writtenByName: text("written_by_name").notNull(),
  writtenAt: moment("written_at").notNull(),
});

export const writeUpActions = pgTable(
  "write_up_actions",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    incidentId: incidentId(),
    text: text("text").notNull(),
    ownerId: bigint("owner_id", { mode: "number" }).references(() => users.id),
    ownerName: text("owner_name"),
    dueOn: date("due_on", { mode: "string" }),
    doneAt: moment("done_at"),
  },
  (table) => [index("write_up_actions_of").on(table.incidentId)],
);
