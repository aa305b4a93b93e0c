import type { ExtractTablesWithRelations } from "drizzle-orm";
import type { PgDatabase } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { answerInTime } from "./answer-in-time.ts";
import { guardTransactions } from "./guard-transactions.ts";

/** A database handle or a transaction: verbs take either. */
export type Database = PgDatabase<
  PostgresJsQueryResultHKT,
  Record<string, never>,
  ExtractTablesWithRelations<Record<string, never>>
>;

export interface DatabaseClient {
  db: Database;
  /** The driver beneath, for LISTEN. */
  sql: postgres.Sql;
  close(): Promise<void>;
}

/**
 * Opens a pool of connections. Nothing is contacted until the first query. With `answerWithinMs` queries and transactions
 * fail with NoAnswerError that take longer; without it they wait for as long as it takes.
 */
export function openDatabase(
  url: string,
  options: { connections?: number; name?: string; answerWithinMs?: number } = {},
): DatabaseClient {
  const sql = postgres(url, {
    max: options.connections ?? 10,
    connect_timeout: 10,
    idle_timeout: 60,
    // Seconds before the next try. The driver's own wait grows to 20 s: longer than a lease lasts.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => undefined,
    connection: { application_name: options.name ?? "anytime" },
  });
  const guarded = guardTransactions(sql);
  const { answerWithinMs } = options;
  const timed = answerWithinMs === undefined ? guarded : answerInTime(guarded, answerWithinMs);
  return { db: drizzle(timed), sql, close: () => sql.end({ timeout: 5 }) };
}
