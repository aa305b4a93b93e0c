import {
  type AnyPgColumn,
  bigint,
  boolean,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  unique,
} from "drizzle-orm/pg-core";
import { roles, tokenPermissions } from "#server/domain/permissions.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const users = pgTable("users", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  role: text("role", { enum: roles }).notNull(),
  /** Null for whoever signs in by an identity provider only. */
  passwordHash: text("password_hash"),
  /** Raised to end every session of this user at once. */
  sessionVersion: integer("session_version").notNull().default(1),
  createdAt: moment("created_at").notNull().defaultNow(),
  lastSignInAt: moment("last_sign_in_at"),
  /** Set when they left: the row stays, so that history keeps its names. */
  leftAt: moment("left_at"),
  /** Whether the health reviews of what they deploy come by mail. */
  mailsReviews: boolean("mails_reviews").notNull().default(true),
  /** Set when a provider whose groups decide found them in none: nothing lets them in until it finds them in one. */
  withoutGroupSince: moment("without_group_since"),
});

/** Sessions that were signed out of, until they would have run out by themselves. */
export const endedSessions = pgTable("ended_sessions", {
  sessionId: text("session_id").primaryKey(),
  runsOutAt: moment("runs_out_at").notNull(),
});

/** Accounts at identity providers that belong to a user: `subject` is the provider's own, which never changes hands. */
export const userIdentities = pgTable(
  "user_identities",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    userId: bigint("user_id", { mode: "number" })
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    issuer: text("issuer").notNull(),
    subject: text("subject").notNull(),
    createdAt: moment("created_at").notNull().defaultNow(),
  },
  (table) => [
    unique("user_identities_once").on(table.issuer, table.subject),
    index("user_identities_user").on(table.userId),
  ],
);

/** One-time links that make an account; only the token's SHA-256 is kept. */
export const invitations = pgTable(
  "invitations",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    tokenHash: text("token_hash").notNull().unique(),
    email: text("email").notNull(),
    role: text("role", { enum: roles }).notNull(),
    invitedBy: bigint("invited_by", { mode: "number" })
      .notNull()
      .references(() => users.id),
    createdAt: moment("created_at").notNull().defaultNow(),
    expiresAt: moment("expires_at").notNull(),
    usedAt: moment("used_at"),
    revokedAt: moment("revoked_at"),
  },
  (table) => [index("invitations_email").on(table.email)],
);

/** For ownership and display, never for gates. Services name their team. */
export const teams = pgTable("teams", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  name: text("name").notNull().unique(),
  /** How to reach them: a channel, an address, a link. */
  contact: text("contact"),
  createdAt: moment("created_at").notNull().defaultNow(),
});

export const teamMembers = pgTable(
  "team_members",
  {
    teamId: bigint("team_id", { mode: "number" })
      .notNull()
      .references(() => teams.id, { onDelete: "cascade" }),
    userId: bigint("user_id", { mode: "number" })
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
  },
  (table) => [primaryKey({ columns: [table.teamId, table.userId] })],
);

/** Keys of machines. The token itself is shown once; its SHA-256 and first characters are kept. */
export const apiTokens = pgTable(
  "api_tokens",
  {
    id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
    name: text("name").notNull(),
    tokenHash: text("token_hash").notNull().unique(),
    /** What is shown of it, to tell tokens apart. */
    start: text("start").notNull(),
    permissions: text("permissions", { enum: tokenPermissions }).array().notNull(),
    /** Slugs of the services that it is for; null means all. */
    services: text("services").array(),
    createdBy: bigint("created_by", { mode: "number" })
      .notNull()
      .references(() => users.id),
    createdAt: moment("created_at").notNull().defaultNow(),
    expiresAt: moment("expires_at").notNull(),
    lastUsedAt: moment("last_used_at"),
    lastUsedAddress: text("last_used_address"),
    revokedAt: moment("revoked_at"),
    /** The one that took its place; this one goes on until `expiresAt`, which the rotation moved up. */
    replacedBy: bigint("replaced_by", { mode: "number" }).references((): AnyPgColumn => apiTokens.id),
  },
  (table) => [index("api_tokens_made").on(table.createdBy, table.id)],
);

/** One-time links that make the first administrator; only the token's SHA-256 is kept. */
export const setupLinks = pgTable("setup_links", {
  tokenHash: text("token_hash").primaryKey(),
  createdAt: moment("created_at").notNull().defaultNow(),
  expiresAt: moment("expires_at").notNull(),
  usedAt: moment("used_at"),
});

/** Failed sign-ins per account and per address, for throttling. */
export const signInFailures = pgTable("sign_in_failures", {
  key: text("key").primaryKey(),
  failures: integer("failures").notNull(),
  lastAt: moment("last_at").notNull(),
});
