import { type Context, demand } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import { endShare } from "#server/services/traffic/share-traffic.ts";

/** Sends what stayed with the release before to the live one, too. ConflictError where nothing is held back (any more). */
export async function endHoldback(
  ctx: Context,
  { slug, environmentSlug }: { slug: string; environmentSlug: string },
): Promise<void> {
  demand(ctx, "deploy", slug);
  const { serviceEnvironmentId } = environmentOf(await getService(ctx, slug), environmentSlug);
  const { shared } = await readTraffic(ctx, serviceEnvironmentId);
  const isEnded =
    shared !== null &&
    shared.until !== null &&
    (await endShare(ctx, { serviceEnvironmentId, pool: shared.pool }));
  if (!isEnded) throw new ConflictError("Nothing is held back there any more.");
}
