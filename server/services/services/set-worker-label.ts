import { and, eq, sql } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import { workerLabelSchema } from "#server/domain/worker-label.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { environmentOf, getService } from "./get-service.ts";

/** Says which workers may take what is deployed here: those with the label, or any. What waits goes by it at once. */
export async function setWorkerLabel(
  ctx: Context,
  input: { slug: string; environmentSlug: string; workerLabel: string | null },
): Promise<void> {
  const { slug, environmentSlug } = input;
  demand(ctx, "manageServices", slug);
  const workerLabel =
    input.workerLabel === null ? null : parseField("workerLabel", workerLabelSchema, input.workerLabel);
  await inTransaction(ctx, async (tx) => {
    const service = await getService(tx, slug);
    const { serviceEnvironmentId, workerLabel: before } = environmentOf(service, environmentSlug);
    const changed = await tx.db
      .update(serviceEnvironments)
      .set({ workerLabel })
      .where(
        and(
          eq(serviceEnvironments.id, serviceEnvironmentId),
          sql`${serviceEnvironments.workerLabel} is distinct from ${workerLabel}`,
        ),
      )
      .returning({ id: serviceEnvironments.id });
    if (changed.length === 0) return;
    await record(tx, {
      action: "services/set-worker-label",
      subject: `service:${slug}`,
      before: { environment: environmentSlug, workerLabel: before },
      after: { environment: environmentSlug, workerLabel },
    });
    await notify(tx, "service", service.id);
    // What waits here may be for another worker now.
    await notify(tx, "queue", serviceEnvironmentId);
  });
}
