import { sql } from "drizzle-orm";
import { bigint, check, index, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { users } from "./identity.ts";
import { environments, serviceEnvironments } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Times in which nothing is deployed by itself: in one service environment, one environment, or everywhere. */
export const holds = pgTable(
  "holds",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** At most one of these two; with neither, everything is held. */
    environmentId: bigint("environment_id", { mode: "number" }).references(() => environments.id),
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" }).references(
      () => serviceEnvironments.id,
      { onDelete: "cascade" },
    ),
    reason: text("reason").notNull(),
    placedBy: bigint("placed_by", { mode: "number" }).references(() => users.id),
    placedByName: text("placed_by_name").notNull(),
    placedAt: moment("placed_at").notNull().defaultNow(),
    /** It is over by itself then. */
    endsAt: moment("ends_at").notNull(),
    /** Set when somebody ended it before. */
    endedAt: moment("ended_at"),
  },
  (table) => [
    check("holds_one_scope", sql`${table.environmentId} is null or ${table.serviceEnvironmentId} is null`),
    index("holds_open").on(table.endsAt).where(sql`ended_at is null`),
  ],
);
