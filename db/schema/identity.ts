import { bigint, integer, pgTable, text, timestamp } from "drizzle-orm/pg-core";
import { roles } from "#server/domain/permissions.ts";

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });

export const users = pgTable("users", {
  id: bigint("id", { mode: "number" }).primaryKey().generatedAlwaysAsIdentity(),
  email: text("email").notNull().unique(),
  name: text("name").notNull(),
  role: text("role", { enum: roles }).notNull(),
  passwordHash: text("password_hash").notNull(),
  /** Raised to end every session of this user at once. */
  sessionVersion: integer("session_version").notNull().default(1),
  createdAt: moment("created_at").notNull().defaultNow(),
});

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
