import { readdirSync } from "node:fs";
import { is } from "drizzle-orm";
import { getTableConfig, PgArray, type PgColumn, PgTable } from "drizzle-orm/pg-core";

/** Every table of the schema, by name. */
export async function schemaTables(): Promise<Map<string, ReturnType<typeof getTableConfig>>> {
  const folder = new URL("../schema/", import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const modules: Record<string, unknown>[] = await Promise.all(
    files.map((file) => import(new URL(file, folder).href)),
  );
  const tables = modules.flatMap((module) => Object.values(module)).filter((value) => is(value, PgTable));
  return new Map(tables.map((table) => [getTableConfig(table).name, getTableConfig(table)]));
}

/** Whether anything can stand in it, rather than a number, a moment or one of the words that the code lists. */
export function isFree(column: PgColumn): boolean {
  return /^(?:text|json|varchar|char|bytea)/.test(column.getSQLType()) && wordsOf(column) === null;
}

/** The words that the code lists for this column. */
export function wordsOf(column: PgColumn): readonly string[] | null {
  const words = is(column, PgArray) ? (column.baseColumn as PgColumn).enumValues : column.enumValues;
  return words === undefined || words.length === 0 ? null : words;
}
