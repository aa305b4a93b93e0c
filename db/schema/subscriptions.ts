import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { cadences, subscriptionStates } from "#server/domain/subscription.ts";
import { services } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Who is mailed what the public feed says. Each is written to by whoever holds its lease. */
export const subscriptions = pgTable(
  "subscriptions",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** What the links in its mails name it by. */
    linkId: uuid("link_id").notNull().unique().default(sql`gen_random_uuid()`),
    /** In lower case; null once it is forgotten. */
    address: text("address"),
    /** Null is the whole feed. */
    serviceId: bigint("service_id", { mode: "number" }).references(() => services.id, {
      onDelete: "cascade",
    }),
    cadence: text("cadence", { enum: cadences }).notNull(),
    state: text("state", { enum: subscriptionStates }).notNull().default("pending"),
    askedAt: moment("asked_at").notNull(),
    /** While it is pending: until when its link confirms. */
    confirmUntil: moment("confirm_until"),
    endedAt: moment("ended_at"),
    /** Of feed_changes: what came up to here was told, or was nothing to tell. */
    toldUpTo: bigint("told_up_to", { mode: "number" }).notNull().default(0),
    /** Of the mail that is being sent, the same for each of its attempts: up to where it tells, and its name. */
    tellingUpTo: bigint("telling_up_to", { mode: "number" }),
    tellingId: uuid("telling_id"),
    /** Null where there is nothing to send. */
    nextTryAt: moment("next_try_at"),
    /** How many have failed in a row, and why the last did; of one that ended, why, where nobody asked for it. */
    attempts: integer("attempts").notNull().default(0),
    problem: text("problem"),
    leaseNumber: integer("lease_number").notNull().default(0),
    leasedUntil: moment("leased_until").notNull().default(sql`'-infinity'`),
  },
  (table) => [
    uniqueIndex("subscriptions_address")
      .on(table.address, sql`coalesce(service_id, 0)`, table.state)
      .where(sql`state <> 'ended'`),
    index("subscriptions_due").on(table.nextTryAt, table.id).where(sql`next_try_at is not null`),
    index("subscriptions_service").on(table.serviceId),
    index("subscriptions_quiet").on(table.serviceId).where(sql`state = 'active' and next_try_at is null`),
    check("subscriptions_known", sql`state = 'ended' or address is not null`),
    check("subscriptions_end", sql`(state = 'ended') = (ended_at is not null)`),
  ],
);

/** One row: up to which revision of the feed it was looked at whom to wake. */
export const subscriptionProgress = pgTable("subscription_progress", {
  id: integer("id").primaryKey(),
  revision: bigint("revision", { mode: "number" }).notNull(),
});
