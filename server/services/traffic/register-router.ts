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
 * dropped: it might have started from an older state. `databaseMs` is the database's clock, in milliseconds of Unix time.
 */
export async function registerRouter(
  ctx: Context,
  input: RouterRegistration,
): Promise<{ databaseMs: number }> {
  const present = {
    host: input.host,
    port: input.port,
    pid: input.pid,
    startedAt: sql`clock_timestamp()`,
    heartbeatAt: sql`clock_timestamp()`,
  };
  return inTransaction(ctx, async (transaction) => {
    const [router] = await transaction.db
      .insert(routers)
      .values({ id: input.routerId, ...present })
      .onConflictDoUpdate({ target: routers.id, set: present })
      .returning({
        databaseMs: sql<number>`extract(epoch from clock_timestamp())::float8 * 1000`,
      });
    await transaction.db
      .delete(routerAcknowledgements)
      .where(eq(routerAcknowledgements.routerId, input.routerId));
    if (router === undefined) throw new Error("The router's row was not written.");
    return router;
  });
}
