import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { getService } from "#server/services/services/get-service.ts";
import { requestRemoval } from "#server/services/services/request-removal.ts";

/** Starts the end of a service: its deployments are cancelled, its instances end, then its rows go. */
export async function removeService(
  ctx: Context,
  input: { slug: string; confirmSlug: string },
): Promise<{ slug: string }> {
  demand(ctx, "manageServices");
  if (input.confirmSlug !== input.slug) {
    throw new ValidationError(`Type ${input.slug} to confirm: this cannot be undone.`, "confirmSlug");
  }
  await inTransaction(ctx, async (tx) => {
    await requestRemoval(tx, input.slug);
    const service = await getService(tx, input.slug);
    await cancelDeployments(tx, await listActive(tx, { serviceId: service.id }));
  });
  return { slug: input.slug };
}

/** Cancels each, as far as it can still be: one that has switched meanwhile is over by itself. */
export async function cancelDeployments(
  ctx: Context,
  active: { id: number }[],
  reason: string | null = null,
): Promise<void> {
  for (const { id } of active) {
    try {
      await cancel(ctx, { deploymentId: id, reason });
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
