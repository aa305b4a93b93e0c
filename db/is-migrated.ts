import { readFileSync } from "node:fs";
import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "./client.ts";

const journalSchema = z.object({ entries: z.array(z.object({ when: z.number() })) });

/** Whether the database has every migration of this code. Throws where it cannot be reached. */
export async function isMigrated(db: Database): Promise<boolean> {
  const file = new URL("./migrations/meta/_journal.json", import.meta.url);
  const { entries } = journalSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const [table] = await db.execute(
    sql`select to_regclass('drizzle.__drizzle_migrations') is not null as "exists"`,
  );
  if (table?.exists !== true) return false;
  const [newest] = await db.execute(
    sql`select max(created_at)::float8 as "when" from drizzle.__drizzle_migrations`,
  );
  return Number(newest?.when ?? 0) >= (entries.at(-1)?.when ?? 0);
}
