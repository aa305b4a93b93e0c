import { type Context, demand } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
import { listServiceEnvironments } from "#server/services/services/list-services.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { promoteInto } from "./promote-soaked.ts";
import { shipNewestCommit } from "./ship-newest-commit.ts";

/**
 * Looks at once what a service environment is to deploy by itself, instead of in a moment. ConflictError where nothing
 * is set or it is paused; ValidationError "repositoryUrl" where the repository does not answer.
 */
export async function lookForReleases(
  ctx: Context,
  input: { slug: string; environmentSlug: string },
  installation: Installation,
): Promise<{ note: string | null }> {
  const { slug, environmentSlug } = input;
  demand(ctx, "deploy", slug);
  const places = await listServiceEnvironments(ctx);
  const isIt = (place: (typeof places)[number]) =>
    place.serviceSlug === slug && place.environmentSlug === environmentSlug;
  const place = places.find(isIt);
  if (place === undefined || (place.automation.branch ?? place.automation.promotesAfterMinutes) === null) {
    throw new ConflictError("Nothing is deployed here by itself.");
  }
  if (place.automation.pausedAt !== null) throw new ConflictError("It is paused: resume it first.");
  if (place.automation.branch !== null) {
    const service = { id: place.serviceId, repositoryUrl: place.repositoryUrl };
    const { mirror, problem } = await openServiceMirror(ctx, service, installation, { refresh: true });
    if (problem !== null) throw new ValidationError(problem, "repositoryUrl");
    await shipNewestCommit(ctx, place, mirror, installation);
  } else await promoteInto(ctx, place, places, installation);
  const after = (await listServiceEnvironments(ctx)).find(isIt);
  return { note: after?.automation.note ?? null };
}
