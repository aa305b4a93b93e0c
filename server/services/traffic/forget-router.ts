import { eq } from "drizzle-orm";
import { routers } from "#db/schema/traffic.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/**
 * Takes a router out of what every switch waits for: by the router itself when it ends in order, or by an operator
 * who knows that it is gone. One that still runs registers again within seconds.
 */
export async function forgetRouter(ctx: Context, input: { routerId: string }): Promise<void> {
  await inTransaction(ctx, async (transaction) => {
    const forgotten = await transaction.db
      .delete(routers)
      .where(eq(routers.id, input.routerId))
      .returning({ host: routers.host, port: routers.port });
    if (forgotten[0] === undefined) return;
    await record(transaction, {
      action: "traffic/forget-router",
      subject: `router:${input.routerId}`,
      before: forgotten[0],
    });
    await notify(transaction, "router-acknowledgement", "all");
  });
}
