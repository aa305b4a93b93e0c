import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { auditEntries } from "#db/schema/audit.ts";
import type { ActorKind } from "#server/domain/audit.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { type RawEntry, rawColumns, rawEntrySchema } from "./entry-hash.ts";

export interface AuditFilter {
  /** Part of the subject, the action or the actor's name. */
  text?: string | undefined;
  action?: string | undefined;
  actorKind?: ActorKind | undefined;
  from?: Date | undefined;
  /** Itself left out. */
  to?: Date | undefined;
}

export interface EntryPage {
  items: RawEntry[];
  /** What `before` has to be for the next page; null at the end. */
  nextBefore: number | null;
}

/** A place in the list: by time, and by id where the time is the same. */
interface Place {
  at: string;
  id: string;
}

/** What no index finds is looked for in this many entries for a page; then the reader may ask to look further. */
const searchWindow = 20_000;
const placesSchema = z.array(z.object({ at: z.string(), id: z.string() }));

/** Newest first. Pages by key, so that the thousandth costs what the first does. */
export async function listEntries(
  ctx: Context,
  filter: AuditFilter & { before?: number | undefined; limit: number },
): Promise<EntryPage> {
  demand(ctx, "readAudit");
  const range = await rangeOf(ctx, filter);
  const isSearch = filter.text !== undefined || filter.actorKind !== undefined;
  const floor = isSearch ? await placeAt(ctx, range, searchWindow) : null;
  const found = [range, ...searched(filter), floor === null ? sql`true` : sql`${place} >= ${rowOf(floor)}`];
  const rows = await ctx.db.execute(sql`
    select ${rawColumns} from ${auditEntries} where ${sql.join(found, sql` and `)}
    order by ${auditEntries.happenedAt} desc, ${auditEntries.id} desc limit ${filter.limit + 1}`);
  const entries = z.array(rawEntrySchema).parse([...rows]);
  const items = entries.slice(0, filter.limit);
  const last = entries.length > filter.limit ? items.at(-1) : floor;
  return { items, nextBefore: last === null || last === undefined ? null : Number(last.id) };
}

const place = sql`(happened_at, id)`;
const rowOf = ({ at, id }: Place) => sql`(${at}::timestamptz, ${id}::bigint)`;

/** What the indexes by time and by action narrow down. */
async function rangeOf(ctx: Context, filter: AuditFilter & { before?: number | undefined }): Promise<SQL> {
  const conditions = [sql`true`];
  if (filter.from !== undefined) conditions.push(sql`happened_at >= ${filter.from.toISOString()}`);
  if (filter.to !== undefined) conditions.push(sql`happened_at < ${filter.to.toISOString()}`);
  if (filter.action !== undefined) conditions.push(sql`action = ${filter.action}`);
  if (filter.before !== undefined) {
    const last = await placeAt(ctx, sql`id = ${filter.before}`, 0);
    if (last !== null) conditions.push(sql`${place} < ${rowOf(last)}`);
  }
  return sql.join(conditions, sql` and `);
}

function searched({ text, actorKind }: AuditFilter): SQL[] {
  const conditions: SQL[] = [];
  if (actorKind !== undefined) conditions.push(sql`actor_kind = ${actorKind}`);
  if (text !== undefined) {
    const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
    conditions.push(
      sql`(subject ilike ${pattern} or action ilike ${pattern} or actor_name ilike ${pattern})`,
    );
  }
  return conditions;
}

async function placeAt(ctx: Context, range: SQL, offset: number): Promise<Place | null> {
  const rows = await ctx.db.execute(sql`
    select happened_at::text as at, id::text as id from ${auditEntries} where ${range}
    order by ${auditEntries.happenedAt} desc, ${auditEntries.id} desc offset ${offset} limit 1`);
  return placesSchema.parse([...rows])[0] ?? null;
}
