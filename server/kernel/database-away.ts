import { sql } from "drizzle-orm";
import type { DatabaseClient } from "#db/client.ts";

const diskFull = "53100";

/** What the driver, PostgreSQL and we say when the server is not there, does not answer, goes down, comes up or is full. */
const codes = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "NO_ANSWER",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01",
  "57P02",
  "57P03",
  "08000",
  "08003",
  "08006",
  "53300",
  diskFull,
]);

/** Whether a query failed because the database could not be reached: what was asked may be asked again later. */
export function isDatabaseAway(error: unknown): boolean {
  return hasCode(error, (code) => codes.has(code));
}

/** Whether it could not write for want of room. */
export function isDatabaseFull(error: unknown): boolean {
  return hasCode(error, (code) => code === diskFull);
}

function hasCode(error: unknown, isMeant: (code: string) => boolean): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === "string" && isMeant(code)) return true;
  }
  return false;
}

export const databaseAwayText =
  "The portal cannot reach its database at the moment. Services keep serving; try again shortly.";

export const databaseFullText =
  "The disk of the portal's database is full: whoever looks after the portal has to make room there. Services keep " +
  "serving, and deployments go on by themselves then.";

/** Throws what `isDatabaseAway` knows, where the database is. */
export async function demandDatabase(database: DatabaseClient): Promise<void> {
  await database.db.execute(sql`select 1`);
}
