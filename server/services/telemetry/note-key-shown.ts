import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";

/** Notes who was shown the key by which a service environment tells of itself. */
export async function noteKeyShown(
  ctx: Context,
  place: { serviceSlug: string; environmentSlug: string },
): Promise<void> {
  await record(ctx, {
    action: "telemetry/show-key",
    subject: `service:${place.serviceSlug}`,
    after: { environment: place.environmentSlug },
  });
}
