import { eq, sql } from "drizzle-orm";
import { routerAcknowledgements, routers } from "#db/schema/traffic.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

export interface RouterRegistration {
  /** Kept by the router over restarts. */
  routerId: string;
  host: string;
  port: number;
  pid: number;
}

/**
 * From here on no pool is ended while this router may point to it. What it acknowledged in an earlier life is
 * dropped: it might have started from an older state.
 */
export async function registerRouter(ctx: Context, input: RouterRegistration): Promise<void> {
  const present = {
    host: input.host,
    port: input.port,
    pid: input.pid,
    startedAt: sql`clock_timestamp()`,
    heartbeatAt: sql`clock_timestamp()`,
  };
  await inTransaction(ctx, async (transaction) => {
    await transaction.db
      .insert(routers)
      .values({ id: input.routerId, ...present })
      .onConflictDoUpdate({ target: routers.id, set: present });
    await transaction.db
      .delete(routerAcknowledgements)
      .where(eq(routerAcknowledgements.routerId, input.routerId));
  });
}
