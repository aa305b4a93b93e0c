import type { Context } from "#server/kernel/context.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { getService } from "#server/services/services/get-service.ts";
import { cancelDeployments } from "./remove-service.ts";

/** Cancels what has not switched yet in favour of a switch-back. Call it in the transaction that asks for that. */
export async function makeWay(
  tx: Context,
  place: { serviceSlug: string; serviceEnvironmentId: number },
  reason: string,
): Promise<void> {
  const service = await getService(tx, place.serviceSlug);
  const active = await listActive(tx, { serviceId: service.id });
  await cancelDeployments(
    tx,
    active.filter(
      (brief) => brief.serviceEnvironmentId === place.serviceEnvironmentId && brief.kind !== "switch-back",
    ),
    reason,
  );
}
