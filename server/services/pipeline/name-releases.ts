import { inArray } from "drizzle-orm";
import { releases } from "#db/schema/releases.ts";
import type { Context } from "#server/kernel/context.ts";

/** What releases are called, by their ids; those that are gone are left out. */
export async function nameReleases(
  ctx: Pick<Context, "db">,
  ids: readonly number[],
): Promise<Map<number, { number: number; sha: string }>> {
  const wanted = [...new Set(ids)].filter((id) => id > 0);
  if (wanted.length === 0) return new Map();
  const rows = await ctx.db
    .select({ id: releases.id, number: releases.number, sha: releases.sha })
    .from(releases)
    .where(inArray(releases.id, wanted));
  return new Map(rows.map(({ id, ...name }) => [id, name]));
}
