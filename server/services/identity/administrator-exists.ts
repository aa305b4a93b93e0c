import { eq } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

export async function administratorExists(ctx: Context): Promise<boolean> {
  const rows = await ctx.db.select({ id: users.id }).from(users).where(eq(users.role, "admin")).limit(1);
  return rows.length > 0;
}
