import { whyNoPause } from "#server/domain/pause.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { pauseTraffic, resumeTraffic } from "#server/services/traffic/pause-traffic.ts";

interface Place {
  slug: string;
  environmentSlug: string;
}

/** A person holds requests for a while. ValidationError "seconds"; ConflictError where there are none to hold. */
export async function pauseTrafficOf(
  ctx: Context,
  { seconds, ...place }: Place & { seconds: number },
): Promise<void> {
  const serviceEnvironmentId = await find(ctx, place);
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId) ?? null;
  const refusal = whyNoPause({ live, isHeld: false });
  if (refusal !== null) throw new ConflictError(refusal);
  await pauseTraffic(ctx, { serviceEnvironmentId, seconds });
}

/** Lets them go. ConflictError where they have gone already. */
export async function resumeTrafficOf(ctx: Context, place: Place): Promise<void> {
  const serviceEnvironmentId = await find(ctx, place);
  if (!(await resumeTraffic(ctx, { serviceEnvironmentId })))
    throw new ConflictError("Requests go on already.");
}

async function find(ctx: Context, { slug, environmentSlug }: Place): Promise<number> {
  demand(ctx, "deploy", slug);
  return environmentOf(await getService(ctx, slug), environmentSlug).serviceEnvironmentId;
}
