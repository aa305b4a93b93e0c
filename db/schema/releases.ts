import { bigint, index, integer, jsonb, pgTable, text, timestamp, unique } from "drizzle-orm/pg-core";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { services } from "./services.ts";
import { workers } from "./workers.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const artifacts = pgTable("artifacts", {
  /** SHA-256 of its tar, in hex (of the packed file, in artifacts of earlier versions); also its name in the store. */
  digest: text("digest").primaryKey(),
  bytes: bigint("bytes", { mode: "number" }).notNull(),
  fileCount: integer("file_count").notNull(),
  /** When it was packed last: one that is needed again is packed anew. */
  createdAt: moment("created_at").notNull().defaultNow(),
  /** On whose machine: without a store that all share it lies there. Null for one of an earlier version. */
  packedByWorkerId: bigint("packed_by_worker_id", { mode: "number" }).references(() => workers.id, {
    onDelete: "set null",
  }),
  /** Since when it may not be used any more: it is taken out of every store. Null while it is there. */
  removedAt: moment("removed_at"),
});

/** A commit made shippable. What it ships never changes; that it is bad may be found out later. */
export const releases = pgTable(
  "releases",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    serviceId: bigint("service_id", { mode: "number" })
      .notNull()
      .references(() => services.id, { onDelete: "cascade" }),
    number: integer("number").notNull(),
    sha: text("sha").notNull(),
    subject: text("subject").notNull(),
    authorName: text("author_name").notNull(),
    committedAt: moment("committed_at").notNull(),
    /** The settings file at this commit, as written: each environment resolves its own part of it. */
    settingsFile: jsonb("settings_file").$type<SettingsFileInput>().notNull(),
    artifactDigest: text("artifact_digest")
      .notNull()
      .references(() => artifacts.digest),
    createdAt: moment("created_at").notNull().defaultNow(),
    /** Both set once somebody has found it bad: no machine brings it back, and a person only knowingly. */
    badSince: moment("bad_since"),
    badReason: text("bad_reason"),
    /** When it was built again because its artifact was gone; null where it never was. */
    rebuiltAt: moment("rebuilt_at"),
    /** What it shipped at first, where building it again gave other files. */
    firstArtifactDigest: text("first_artifact_digest"),
  },
  (table) => [
    unique("releases_number_once").on(table.serviceId, table.number),
    unique("releases_sha_once").on(table.serviceId, table.sha),
    index("releases_artifact").on(table.artifactDigest),
  ],
);
