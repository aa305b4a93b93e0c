import { eq, sql } from "drizzle-orm";
import { installationFacts } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";

/** Null where it was never written. */
export async function readFact(ctx: Context, key: string): Promise<string | null> {
  const [row] = await ctx.db.select().from(installationFacts).where(eq(installationFacts.key, key));
  return row?.value ?? null;
}

export async function writeFact(ctx: Context, key: string, value: string): Promise<void> {
  await ctx.db
    .insert(installationFacts)
    .values({ key, value })
    .onConflictDoUpdate({ target: installationFacts.key, set: { value, updatedAt: sql`now()` } });
}
