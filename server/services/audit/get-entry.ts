import { sql } from "drizzle-orm";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { type RawEntry, rawColumns, rawEntrySchema } from "./entry-hash.ts";

/** NotFoundError where there is none of this id. */
export async function getEntry(ctx: Context, id: number): Promise<RawEntry> {
  demand(ctx, "readAudit");
  const rows = await ctx.db.execute(sql`select ${rawColumns} from ${auditEntries} where id = ${id}`);
  const [entry] = z.array(rawEntrySchema).parse([...rows]);
  if (entry === undefined) throw new NotFoundError(`There is no audit entry ${id}.`);
  return entry;
}
