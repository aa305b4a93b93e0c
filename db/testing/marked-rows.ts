import { randomBytes, randomUUID } from "node:crypto";
import { getTableName, is } from "drizzle-orm";
import { PgArray, type PgColumn, type PgTable } from "drizzle-orm/pg-core";
import type postgres from "postgres";
import { privacyOf } from "./column-privacy.ts";
import { isFree, schemaTables, wordsOf } from "./free-columns.ts";

export interface MarkedRows {
  /** The mark in each private column, by `table.column`. */
  marks: Map<string, string>;
  /** The row that each table got, by the names of its columns. */
  rows: Map<string, postgres.Row>;
}

type Table = ReturnType<Awaited<ReturnType<typeof schemaTables>>["get"]> & object;

/** Where a bare value would not do: JSON in the shape that the code reads, and states that go together. */
const shapes: Record<string, (mark: string) => unknown> = {
  "deployments.status": () => "failed",
  "deployments.finished_at": () => now(),
  "deployments.log_day": () => now().slice(0, 10),
  "log_chunks.day": () => now().slice(0, 10),
  "insight_marks.day": () => now().slice(0, 10),
  "insight_counts.begins_on": () => now().slice(0, 10),
  "deployments.reasons": (mark) => [{ weight: "warns", text: mark }],
  "deployments.conditions": (mark) => [
    { kind: "ci-green", mayOverride: true, state: "not-met", detail: mark, at: null, byName: null },
  ],
  "service_environments.conditions": () => [{ kind: "ci-green", mayOverride: true }],
  "configurations.variables": (mark) => ({ MARK: mark }),
  "configurations.secrets": (mark) => ({ [mark]: 1 }),
  "pools.secrets": (mark) => ({ [mark]: 1 }),
  "migration_runs.locks": (mark) => [
    { relation: mark, mode: "SHARE", heldMs: 1, waitedMs: 0, sessionsBehind: 0 },
  ],
  "environments.position": () => 1_000,
  "holds.environment_id": () => null,
  "feed_items.environment_id": () => null,
  "feed_items.hold_id": () => null,
  "feed_items.incident_id": () => null,
  "feed_items.state": () => "failed",
  "releases.settings_file": (mark) => ({ release: { start: mark } }),
  "services.typed_settings": (mark) => ({ release: { start: mark } }),
  "users.role": () => "engineer",
};

/**
 * One row in every table, with a mark of its own in every private column: whatever shows one of them to somebody
 * without a session has leaked that column.
 */
export async function insertMarkedRows(sql: postgres.Sql): Promise<MarkedRows> {
  const inserted: MarkedRows = { marks: new Map(), rows: new Map() };
  await sql`select keep_log_days(1)`;
  for (const table of parentsFirst(await schemaTables())) {
    if (isKeptByDatabase(table)) continue;
    const values = table.columns
      .filter((column) => column.generatedIdentity === undefined)
      .map((column) => [column.name, columnValue(table, column, inserted)] as const)
      .filter(([, value]) => value !== undefined);
    const [row] = await sql`
      insert into ${sql(table.name)} ${sql(Object.fromEntries(values))} on conflict do nothing returning *`;
    if (row !== undefined) inserted.rows.set(table.name, row);
  }
  return inserted;
}

/** All that could be marked in it is made by triggers, which also refuse rows from others. */
function isKeptByDatabase(table: Table): boolean {
  const free = table.columns.filter(isFree);
  return free.length > 0 && free.every((column) => privacyOf(table.name, column.name) === "derived");
}

function columnValue(table: Table, column: PgColumn, { marks, rows }: MarkedRows): unknown {
  const place = `${table.name}.${column.name}`;
  const shape = shapes[place];
  const parent = shape === undefined ? parentOf(table, column) : null;
  // Of a table that points at itself, the first row points nowhere.
  if (parent !== null) return rows.get(parent.table)?.[parent.column];
  const privacy = isFree(column) ? privacyOf(table.name, column.name) : null;
  if (privacy === "derived") return undefined;
  const isPrivate = privacy === "private";
  const mark = `leak${randomBytes(10).toString("hex")}`;
  const value = shape === undefined ? usualValue(column, mark) : shape(mark);
  if (column.getSQLType() === "bytea") {
    marks.set(place, mark);
    return Buffer.from(mark);
  }
  if (isPrivate && JSON.stringify(value)?.includes(mark)) marks.set(place, mark);
  return column.getSQLType() === "jsonb" ? JSON.stringify(value) : value;
}

function usualValue(column: PgColumn, mark: string): unknown {
  const words = wordsOf(column);
  if (isFree(column)) return column.getSQLType() === "jsonb" ? { mark } : inArray(column, mark);
  if (!column.notNull || column.hasDefault) return undefined;
  if (words !== null) return inArray(column, words[0]);
  const type = column.getSQLType();
  if (type.startsWith("timestamp")) return now();
  if (type === "date") return now().slice(0, 10);
  return type === "uuid" ? randomUUID() : 1;
}

function inArray(column: PgColumn, value: unknown): unknown {
  return is(column, PgArray) ? [value] : value;
}

function now(): string {
  return new Date().toISOString();
}

function parentOf(table: Table, column: PgColumn): { table: string; column: string } | null {
  for (const key of table.foreignKeys) {
    const { columns, foreignColumns, foreignTable } = key.reference();
    const index = columns.findIndex((candidate) => candidate.name === column.name);
    const foreign = foreignColumns[index];
    if (foreign !== undefined) return { table: tableName(foreignTable), column: foreign.name };
  }
  return null;
}

function parentsFirst(tables: Map<string, Table>): Table[] {
  const ordered = new Set<Table>();
  const add = (table: Table) => {
    if (ordered.has(table)) return;
    for (const key of table.foreignKeys) {
      const parent = tables.get(tableName(key.reference().foreignTable));
      if (parent !== undefined && parent !== table) add(parent);
    }
    ordered.add(table);
  };
  for (const table of tables.values()) add(table);
  return [...ordered];
}

function tableName(table: PgTable): string {
  return getTableName(table);
}
