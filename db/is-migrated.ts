import { readFileSync } from "node:fs";
import type postgres from "postgres";
import { z } from "zod";

const journalSchema = z.object({ entries: z.array(z.object({ when: z.number() })) });

/** Whether the database has every migration of this code. Throws where it cannot be reached. */
export async function isMigrated(sql: postgres.Sql): Promise<boolean> {
  const file = new URL("./migrations/meta/_journal.json", import.meta.url);
  const { entries } = journalSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as "exists"`;
  if (table?.exists !== true) return false;
  const [newest] = await sql`select max(created_at)::float8 as "when" from drizzle.__drizzle_migrations`;
  return Number(newest?.when ?? 0) >= (entries.at(-1)?.when ?? 0);
}
