import { and, eq, type SQL, sql } from "drizzle-orm";
import { routers } from "#db/schema/traffic.ts";
import { forgetRouterRefusal } from "#server/domain/forgetting.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { listRouters } from "./list-routers.ts";

/**
 * Takes a router out of what every switch waits for: by the router itself when it ends in order, or by an operator
 * who knows that it is gone. ConflictError where an operator would forget one that is alive.
 */
export async function forgetRouter(ctx: Context, input: { routerId: string }): Promise<void> {
  demand(ctx, "manageInstallation");
  await inTransaction(ctx, async (transaction) => {
    const forgotten = await transaction.db
      .delete(routers)
      .where(and(eq(routers.id, input.routerId), isGoneFor(ctx)))
      .returning({ host: routers.host, port: routers.port });
    if (forgotten[0] === undefined) return refuseAlive(transaction, input.routerId);
    await record(transaction, {
      action: "traffic/forget-router",
      subject: `router:${input.routerId}`,
      before: forgotten[0],
    });
    await notify(transaction, "router-acknowledgement", "all");
  });
}

/** A router is still heard while it says itself that it ends. */
function isGoneFor({ actor }: Context): SQL | undefined {
  if (actor.kind === "system") return undefined;
  return sql`${routers.heartbeatAt} <= clock_timestamp() - interval '10 seconds'`;
}

async function refuseAlive(tx: Context, routerId: string): Promise<void> {
  const router = (await listRouters(tx)).find((candidate) => candidate.routerId === routerId);
  if (router === undefined) return;
  const reason = forgetRouterRefusal({ name: router.name, isAlive: true });
  throw new ConflictError(`${reason} Nothing was changed.`);
}
