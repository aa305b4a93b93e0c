import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { broadcastEvents, channelKinds, deliveryStates } from "#server/domain/broadcast.ts";
import { feedWords } from "#server/domain/feed.ts";
import { feedItems } from "./feed.ts";
import { environments, services } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** Where broadcasts go. Its deliveries are sent one after the other, by whoever holds its lease. */
export const channels = pgTable(
  "channels",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** What its secret is bound to. */
    sealId: uuid("seal_id").notNull().default(sql`gen_random_uuid()`),
    name: text("name").notNull().unique(),
    kind: text("kind", { enum: channelKinds }).notNull(),
    isPublic: boolean("is_public").notNull().default(false),
    isPaused: boolean("is_paused").notNull().default(false),
    /** Where it goes, as far as that opens nothing. */
    destination: text("destination").notNull(),
    /** Of e-mail. */
    recipients: jsonb("recipients").$type<string[]>().notNull().default([]),
    /** Address, token and key, as server/services/broadcast/channel-secret.ts says; null where it needs none. */
    sealedSecret: text("sealed_secret"),
    madeByName: text("made_by_name").notNull(),
    madeAt: moment("made_at").notNull().defaultNow(),
    leaseNumber: integer("lease_number").notNull().default(0),
    leasedUntil: moment("leased_until").notNull().default(sql`'-infinity'`),
    nextAttemptAt: moment("next_attempt_at").notNull().default(sql`'-infinity'`),
    /** Since when and why the attempts fail, and how many have in a row. */
    failingSince: moment("failing_since"),
    failureReason: text("failure_reason"),
    failures: integer("failures").notNull().default(0),
  },
  (table) => [index("channels_attempt").on(table.nextAttemptAt)],
);

/** What a channel is told; null stands for all services, and for all environments. */
export const channelRules = pgTable(
  "channel_rules",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    channelId: bigint("channel_id", { mode: "number" })
      .notNull()
      .references(() => channels.id, { onDelete: "cascade" }),
    serviceId: bigint("service_id", { mode: "number" }).references(() => services.id, {
      onDelete: "cascade",
    }),
    environmentId: bigint("environment_id", { mode: "number" }).references(() => environments.id, {
      onDelete: "cascade",
    }),
    events: text("events", { enum: broadcastEvents }).array().notNull(),
  },
  (table) => [
    index("channel_rules_channel").on(table.channelId),
    index("channel_rules_service").on(table.serviceId),
  ],
);

/** Messages on their way, in the order of their ids. What is said stands in the feed; it is put into words when it is sent. */
export const deliveries = pgTable(
  "deliveries",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    channelId: bigint("channel_id", { mode: "number" })
      .notNull()
      .references(() => channels.id, { onDelete: "cascade" }),
    itemId: bigint("item_id", { mode: "number" })
      .notNull()
      .references(() => feedItems.id, { onDelete: "cascade" }),
    /** The message's name to who receives it. */
    eventId: uuid("event_id").notNull(),
    word: text("word", { enum: feedWords }).notNull(),
    happenedAt: moment("happened_at").notNull(),
    state: text("state", { enum: deliveryStates }).notNull().default("waiting"),
    /** Since when it waits: from being sent again on, where a person asked for that. */
    waitsSince: moment("waits_since").notNull(),
    attempts: integer("attempts").notNull().default(0),
    endedAt: moment("ended_at"),
    /** Why it is dead or withdrawn. */
    reason: text("reason"),
  },
  (table) => [
    unique("deliveries_event").on(table.channelId, table.eventId),
    index("deliveries_waiting").on(table.channelId, table.id).where(sql`state = 'waiting'`),
    index("deliveries_dead").on(table.channelId, table.id).where(sql`state = 'dead'`),
    index("deliveries_newest").on(table.channelId, table.id),
    index("deliveries_ended").on(table.endedAt),
    index("deliveries_item").on(table.itemId),
    check("deliveries_end", sql`(state = 'waiting') = (ended_at is null)`),
  ],
);

/** The one message that a line of the feed has in a channel that lets its messages be changed. */
export const channelMessages = pgTable(
  "channel_messages",
  {
    channelId: bigint("channel_id", { mode: "number" })
      .notNull()
      .references(() => channels.id, { onDelete: "cascade" }),
    itemId: bigint("item_id", { mode: "number" })
      .notNull()
      .references(() => feedItems.id, { onDelete: "cascade" }),
    /** The message's name there. */
    externalId: text("external_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.channelId, table.itemId] }),
    index("channel_messages_item").on(table.itemId),
  ],
);

/** One row: up to which revision of the feed the channels were asked. */
export const broadcastProgress = pgTable("broadcast_progress", {
  id: integer("id").primaryKey(),
  revision: bigint("revision", { mode: "number" }).notNull(),
});
