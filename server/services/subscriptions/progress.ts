import { sql } from "drizzle-orm";
import { subscriptionProgress } from "#db/schema/subscriptions.ts";
import type { Context } from "#server/kernel/context.ts";

/**
 * Up to which revision of the feed it was looked at whom to wake. Held until the transaction's end, so that nobody is
 * woken meanwhile: whoever puts a subscription to sleep has seen all that could have woken it.
 */
export async function lockProgress(tx: Context): Promise<number> {
  const [row] = await tx.db.execute(sql`select revision from ${subscriptionProgress} where id = 1 for share`);
  return Number(row?.revision ?? 0);
}

/** The same alone, for whoever moves it. */
export async function lockProgressAlone(tx: Context): Promise<number> {
  const [row] = await tx.db.execute(
    sql`select revision from ${subscriptionProgress} where id = 1 for update`,
  );
  return Number(row?.revision ?? 0);
}

export async function readProgress(ctx: Context): Promise<number> {
  const [row] = await ctx.db.execute(sql`select revision from ${subscriptionProgress} where id = 1`);
  return Number(row?.revision ?? 0);
}

export async function moveProgress(tx: Context, revision: number): Promise<void> {
  await tx.db.execute(sql`update ${subscriptionProgress} set revision = ${revision} where id = 1`);
}
