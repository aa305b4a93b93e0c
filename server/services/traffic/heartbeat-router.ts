import { eq, sql } from "drizzle-orm";
import { routers } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";

/** False where the router was forgotten meanwhile: it must register again. */
export async function heartbeatRouter(ctx: Context, input: { routerId: string }): Promise<boolean> {
  const beaten = await ctx.db
    .update(routers)
    .set({ heartbeatAt: sql`clock_timestamp()` })
    .where(eq(routers.id, input.routerId))
    .returning({ id: routers.id });
  return beaten.length > 0;
}
