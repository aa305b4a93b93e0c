import { inArray } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";

/** Those of the slugs that a service bears, one that is being removed included. */
export async function findKnownSlugs(ctx: Context, slugs: string[]): Promise<Set<string>> {
  if (slugs.length === 0) return new Set();
  const rows = await ctx.db
    .select({ slug: services.slug })
    .from(services)
    .where(inArray(services.slug, slugs));
  return new Set(rows.map((row) => row.slug));
}
