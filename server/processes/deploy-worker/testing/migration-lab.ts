import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { afterAll } from "vitest";
import { openEmptyDatabase } from "#db/testing/database.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { until } from "./open-lab.ts";

/** What a migration does in its transaction before it waits at the gate. */
const script = `const postgres = require("./postgres");
const sql = postgres(process.env[process.argv[2] || "DATABASE_URL"], { max: 1, onnotice: () => undefined });
sql.begin(async (transaction) => {
  await transaction.unsafe(process.argv[3]);
  await transaction.unsafe("select pg_advisory_xact_lock(1)");
}).then(() => sql.end(), (error) => { console.error(error.message); process.exit(1); });
`;

/** A service's own database with a table `orders`, and a migration in it that waits until it is let through. */
export interface MigrationLab {
  url: string;
  /** The command of a migration that does this in one transaction and ends it once the gate is open. */
  command(statements: string, variable?: string): string;
  /** Shuts the gate; what it returns opens it. */
  shutGate(): Promise<() => Promise<void>>;
  /** A session of somebody else that runs this and stays where it comes to; `end` takes it all back. */
  beside(statement: string): Promise<{ done: Promise<unknown>; end(): Promise<void> }>;
  /** Resolves once a migration waits at the gate. */
  atGate(): Promise<void>;
  /** Resolves once so many sessions wait for a lock on a table. */
  waiting(sessions: number): Promise<void>;
  /** Resolves once what watches the locks has looked anew, and seen all that is so now. */
  lookedAt(): Promise<void>;
  /** Resolves once so much time has passed in the database. */
  passed(ms: number): Promise<void>;
  sql: postgres.Sql;
}

export async function openMigrationLab(folder: string): Promise<MigrationLab> {
  const database = await openEmptyDatabase();
  afterAll(() => database.close());
  const { sql } = database.client;
  await sql`create table orders (id int)`;
  cpSync(join(repositoryRoot, "node_modules/postgres"), join(folder, "postgres"), { recursive: true });
  writeFileSync(join(folder, "migrate.cjs"), script);
  const open = () => postgres(database.url, { max: 1, onnotice: () => undefined });
  const waitingFor = async (kind: "advisory" | "relation") => {
    const rows = await sql`select from pg_locks join pg_database on pg_database.oid = database
      where datname = current_database() and locktype = ${kind} and not granted`;
    return rows.length;
  };
  return {
    url: database.url,
    sql,
    command: (statements, variable = "DATABASE_URL") =>
      `"${process.execPath}" ${join(folder, "migrate.cjs")} ${variable} "${statements}"`,
    async shutGate() {
      const keeper = open();
      await keeper`select pg_advisory_lock(1)`;
      return () => keeper.end();
    },
    async beside(statement) {
      const session = open();
      await session`begin`;
      const done = session.unsafe(statement).execute();
      done.catch(() => undefined);
      return {
        done,
        async end() {
          await session`rollback`;
          await session.end();
        },
      };
    },
    async atGate() {
      await until(
        () => waitingFor("advisory"),
        (found) => found > 0,
      );
    },
    async waiting(sessions) {
      await until(
        () => waitingFor("relation"),
        (found) => found === sessions,
      );
    },
    async passed(ms) {
      const [begun] = await sql`select clock_timestamp()::text as at`;
      const since = () =>
        sql`select clock_timestamp() - ${begun?.at}::timestamptz > ${ms} * interval '1 ms' as is_over`;
      await until(since, ([row]) => row?.is_over);
    },
    async lookedAt() {
      // A look is two queries: once there have been four more, all of one came after this.
      const begun = new Set<string>();
      await until(
        async () => {
          const [watcher] = await sql`select query_start::text as begun from pg_stat_activity
          where application_name = 'anytime-locks' and datname = current_database()`;
          if (watcher !== undefined) begun.add(watcher.begun);
          await delay(5);
          return begun;
        },
        ({ size }) => size > 4,
      );
    },
  };
}
