import { sql } from "drizzle-orm";
import { bigint, index, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from "drizzle-orm/pg-core";
import { migrationRunStatuses } from "#server/domain/migration.ts";
import type { MigrationLock } from "#server/domain/migration-locks.ts";
import { deployments } from "./deployments.ts";
import { releases } from "./releases.ts";
import { serviceEnvironments } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Each time that a release's migration ran in a service environment. At most one runs there at once. */
export const migrationRuns = pgTable(
  "migration_runs",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" })
      .notNull()
      .references(() => serviceEnvironments.id, { onDelete: "cascade" }),
    releaseId: bigint("release_id", { mode: "number" })
      .notNull()
      .references(() => releases.id, { onDelete: "cascade" }),
    deploymentId: bigint("deployment_id", { mode: "number" })
      .notNull()
      .references(() => deployments.id, { onDelete: "cascade" }),
    /** Of the lease under which it runs: once that is over, so is the run. */
    leaseNumber: integer("lease_number").notNull(),
    status: text("status", { enum: migrationRunStatuses }).notNull().default("running"),
    startedAt: moment("started_at").notNull().default(sql`clock_timestamp()`),
    endedAt: moment("ended_at"),
    /** The strongest first; null where nobody looked, empty where none was seen. */
    locks: jsonb("locks").$type<MigrationLock[]>(),
  },
  (table) => [
    uniqueIndex("migration_runs_one_at_once").on(table.serviceEnvironmentId).where(sql`status = 'running'`),
    index("migration_runs_release").on(table.serviceEnvironmentId, table.releaseId),
    index("migration_runs_deployment").on(table.deploymentId),
  ],
);
