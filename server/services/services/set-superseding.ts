import { and, eq, ne } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { environmentOf, getService } from "./get-service.ts";

/** Says whether a newer commit takes the place of an older one that waits, from the next request on. */
export async function setSuperseding(
  ctx: Context,
  input: { slug: string; environmentSlug: string; supersedesWaiting: boolean },
): Promise<void> {
  const { slug, environmentSlug, supersedesWaiting } = input;
  demand(ctx, "manageServices", slug);
  await inTransaction(ctx, async (tx) => {
    const service = await getService(tx, slug);
    const { serviceEnvironmentId } = environmentOf(service, environmentSlug);
    const changed = await tx.db
      .update(serviceEnvironments)
      .set({ supersedesWaiting })
      .where(
        and(
          eq(serviceEnvironments.id, serviceEnvironmentId),
          ne(serviceEnvironments.supersedesWaiting, supersedesWaiting),
        ),
      )
      .returning({ id: serviceEnvironments.id });
    if (changed.length === 0) return;
    await record(tx, {
      action: "services/set-superseding",
      subject: `service:${slug}`,
      before: { environment: environmentSlug, supersedesWaiting: !supersedesWaiting },
      after: { environment: environmentSlug, supersedesWaiting },
    });
    await notify(tx, "service", service.id);
  });
}
