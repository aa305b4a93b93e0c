import type { ExtractTablesWithRelations } from "drizzle-orm";
import type { PgDatabase } from "drizzle-orm/pg-core";
import { drizzle, type PostgresJsQueryResultHKT } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { answerInTime } from "./answer-in-time.ts";
import { guardTransactions } from "./guard-transactions.ts";
import { withOwn } from "./with-own.ts";

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

export interface DatabaseOptions {
  connections?: number;
  name?: string;
  /** Queries and transactions that take longer fail with NoAnswerError; without it they take as long as they do. */
  answerWithinMs?: number;
  /** For few statements that are run again and again: from the second time on each costs one round trip, not two. */
  prepare?: boolean;
}

/** Opens a pool of connections. Nothing is contacted until the first query. */
export function openDatabase(url: string, options: DatabaseOptions = {}): DatabaseClient {
  const sql = postgres(url, {
    max: options.connections ?? 10,
    connect_timeout: 10,
    idle_timeout: 60,
    // Seconds before the next try. The driver's own wait grows to 20 s: longer than a lease lasts.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 1),
    onnotice: () => undefined,
    connection: { application_name: options.name ?? "anytime" },
  });
  const guarded = guardTransactions(options.prepare === true ? prepared(sql) : sql);
  const { answerWithinMs } = options;
  const timed = answerWithinMs === undefined ? guarded : answerInTime(guarded, answerWithinMs);
  return { db: drizzle(timed), sql, close: () => sql.end({ timeout: 5 }) };
}

/** The driver prepares no statement of `unsafe`, which is how drizzle asks, unless it is told to. */
function prepared(sql: postgres.Sql): postgres.Sql {
  return withOwn(sql, {
    unsafe: (query: string, parameters: Parameters<typeof sql.unsafe>[1]) =>
      sql.unsafe(query, parameters, { prepare: true }),
  });
}
