import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
  uuid,
} from "drizzle-orm/pg-core";
import { feedKinds, feedStates, feedWords, publicStates } from "#server/domain/feed.ts";
import { noteKinds } from "#server/domain/note.ts";
import { pictureTypes } from "#server/domain/picture.ts";
import { bytes } from "./bytes.ts";
import { deployments } from "./deployments.ts";
import { holds } from "./holds.ts";
import { users } from "./identity.ts";
import { incidents } from "./incidents.ts";
import { environments, serviceEnvironments, services } from "./services.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

/** What a query of the public lines must say word for word, so that it reads none of the others on its way. */
export const isPublicLine = sql.raw(`state in (${publicStates.map((state) => `'${state}'`).join(", ")})`);

/** The lines of the feed, each changed in place. What it is about stands in that table; what may be public is decided when it is read. */
export const feedItems = pgTable(
  "feed_items",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    /** Its name in public: it tells nothing of how many there are. */
    publicId: uuid("public_id").notNull().unique().default(sql`gen_random_uuid()`),
    /** At most one of these two; with neither it is about everything. */
    serviceEnvironmentId: bigint("service_environment_id", { mode: "number" }).references(
      () => serviceEnvironments.id,
      { onDelete: "cascade" },
    ),
    environmentId: bigint("environment_id", { mode: "number" }).references(() => environments.id),
    kind: text("kind", { enum: feedKinds }).notNull(),
    state: text("state", { enum: feedStates }).notNull(),
    /** Its place in the feed: when it was asked for, and once it has started, that. */
    happenedAt: moment("happened_at").notNull(),
    deploymentId: bigint("deployment_id", { mode: "number" })
      .unique()
      .references(() => deployments.id, { onDelete: "cascade" }),
    holdId: bigint("hold_id", { mode: "number" })
      .unique()
      .references(() => holds.id, { onDelete: "cascade" }),
    /** One line of its own for each audience. */
    incidentId: bigint("incident_id", { mode: "number" }).references(() => incidents.id, {
      onDelete: "cascade",
    }),
  },
  (table) => [
    unique("feed_items_incident").on(table.incidentId, table.kind),
    index("feed_items_time").on(table.happenedAt, table.id),
    index("feed_items_place").on(table.serviceEnvironmentId, table.happenedAt, table.id),
    index("feed_items_place_kind").on(table.serviceEnvironmentId, table.kind, table.happenedAt, table.id),
    /** The holds that last, few among all that there ever were. */
    index("feed_items_held").on(table.holdId).where(sql`state = 'held'`),
    index("feed_items_public").on(table.serviceEnvironmentId, table.happenedAt, table.id).where(isPublicLine),
    index("feed_items_public_kind")
      .on(table.serviceEnvironmentId, table.kind, table.happenedAt, table.id)
      .where(isPublicLine),
    check(
      "feed_items_subject",
      sql`num_nonnulls(${table.deploymentId}, ${table.holdId}, ${table.incidentId}) = 1`,
    ),
  ],
);

/**
 * What happened to the items, in the order in which it was committed: live streams and broadcasts go by it. Written by
 * server/services/feed/publish.ts; a trigger gives `revision` at commit.
 */
export const feedChanges = pgTable(
  "feed_changes",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    itemId: bigint("item_id", { mode: "number" })
      .notNull()
      .references(() => feedItems.id, { onDelete: "cascade" }),
    word: text("word", { enum: feedWords }).notNull(),
    /** What a reader of the public stream was told last: where it goes on from. */
    eventId: uuid("event_id").notNull().unique().default(sql`gen_random_uuid()`),
    happenedAt: moment("happened_at").notNull().default(sql`clock_timestamp()`),
    revision: bigint("revision", { mode: "number" }).unique(),
  },
  (table) => [index("feed_changes_item").on(table.itemId), index("feed_changes_time").on(table.happenedAt)],
);

/** Pictures that notes show, each without what its camera said of it. One that no note shows is dropped after a day. */
export const notePictures = pgTable(
  "note_pictures",
  {
    /** Its name in public, too. */
    id: uuid("id").primaryKey().default(sql`gen_random_uuid()`),
    serviceId: bigint("service_id", { mode: "number" })
      .notNull()
      .references(() => services.id, { onDelete: "cascade" }),
    mediaType: text("media_type", { enum: pictureTypes }).notNull(),
    width: integer("width").notNull(),
    height: integer("height").notNull(),
    body: bytes("body").notNull(),
    uploadedBy: bigint("uploaded_by", { mode: "number" })
      .notNull()
      .references(() => users.id),
    uploadedAt: moment("uploaded_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    index("note_pictures_time").on(table.uploadedAt),
    index("note_pictures_person").on(table.uploadedBy, table.uploadedAt),
  ],
);

/** Versions, never changed: the newest of a commit is what stakeholders read. An empty text takes it back. */
export const notes = pgTable(
  "notes",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceId: bigint("service_id", { mode: "number" })
      .notNull()
      .references(() => services.id, { onDelete: "cascade" }),
    sha: text("sha").notNull(),
    kind: text("kind", { enum: noteKinds }).notNull(),
    text: text("text").notNull(),
    linkUrl: text("link_url"),
    pictureId: uuid("picture_id").references(() => notePictures.id),
    /** For those who cannot see the picture. */
    pictureDescription: text("picture_description"),
    writtenByName: text("written_by_name").notNull(),
    writtenAt: moment("written_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [
    index("notes_commit").on(table.serviceId, table.sha, table.id),
    index("notes_picture").on(table.pictureId).where(sql`picture_id is not null`),
    check("notes_picture_described", sql`(picture_id is null) = (picture_description is null)`),
  ],
);

/** Commits of which somebody has said that they change nothing for users: nobody is asked for a note. */
export const noteDismissals = pgTable(
  "note_dismissals",
  {
    serviceId: bigint("service_id", { mode: "number" })
      .notNull()
      .references(() => services.id, { onDelete: "cascade" }),
    sha: text("sha").notNull(),
    dismissedByName: text("dismissed_by_name").notNull(),
    dismissedAt: moment("dismissed_at").notNull().default(sql`clock_timestamp()`),
  },
  (table) => [primaryKey({ columns: [table.serviceId, table.sha] })],
);
