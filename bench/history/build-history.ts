import postgres from "postgres";
import { historyStatements } from "./history-statements.ts";
import { insightStatements } from "./insight-statements.ts";

/** Each of them gets most of its rows by one statement, and its indexes after that. */
const largeTables = [
  ...["releases", "deployments", "notes", "feed_items"],
  ...["deployment_batches", "health_reviews", "incidents", "insight_marks"],
];

/** Fills a migrated, empty database. The random numbers begin with the same seed each time. */
export async function buildHistory(url: string, deployments: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    await sql.begin(async (tx) => {
      // No foreign keys are checked and no triggers run: what is written below fits together.
      await tx`set local session_replication_role = replica`;
      await tx`select setseed(0.5)`;
      // Its guesses of how few rows there are would take days.
      await tx`set local enable_nestloop = off`;
      // A table that was emptied in the same transaction is written without a log.
      await tx.unsafe(`truncate ${largeTables.join(", ")} restart identity cascade`);
      const made = await dropIndexes(tx);
      const statements = historyStatements({ deployments, holds: Math.ceil(deployments / 5_000) });
      for (const statement of [...statements, ...insightStatements]) await tx.unsafe(statement);
      for (const statement of made) await tx.unsafe(statement);
    });
    await sql.unsafe("vacuum (freeze, analyze)");
    await sql.unsafe("checkpoint");
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** All but the primary keys, which come in order. Resolves with the statements that make them again. */
async function dropIndexes(tx: postgres.TransactionSql): Promise<string[]> {
  const constraints = await tx<{ table: string; name: string; definition: string }[]>`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'u' and conrelid::regclass::text in ${tx(largeTables)}`;
  for (const { table, name } of constraints) await tx.unsafe(`alter table ${table} drop constraint ${name}`);
  const indexes = await tx<{ name: string; definition: string }[]>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index where indrelid::regclass::text in ${tx(largeTables)} and not indisprimary`;
  for (const { name } of indexes) await tx.unsafe(`drop index ${name}`);
  return [
    ...constraints.map(
      ({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`,
    ),
    ...indexes.map(({ definition }) => definition),
  ];
}
