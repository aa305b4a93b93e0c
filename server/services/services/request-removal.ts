import { and, eq, isNull, sql } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { getService } from "./get-service.ts";

/** Marks a service for removal: workers end its instances, then its rows go. Asking twice changes nothing. */
export function requestRemoval(ctx: Context, slug: string): Promise<void> {
  demand(ctx, "manageServices");
  return inTransaction(ctx, async (tx) => {
    const service = await getService(tx, slug);
    const marked = await tx.db
      .update(services)
      .set({ removalRequestedAt: sql`clock_timestamp()` })
      .where(and(eq(services.id, service.id), isNull(services.removalRequestedAt)))
      .returning({ id: services.id });
    if (marked.length === 0) return;
    await record(tx, { action: "services/request-removal", subject: `service:${slug}` });
    await notify(tx, "service", service.id);
    for (const { serviceEnvironmentId } of service.environments) {
      await notify(tx, "service-environment", serviceEnvironmentId);
      await notify(tx, "route", serviceEnvironmentId);
    }
  });
}
