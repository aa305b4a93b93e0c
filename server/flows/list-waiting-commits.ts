import type { Commits } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { commitsBetween } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { readServiceSettings } from "./read-service-settings.ts";

/** Commits of the default branch that are not live in an environment, newest first. */
export async function listWaitingCommits(
  ctx: Context,
  input: { slug: string; environmentSlug: string; limit: number },
  installation: Installation,
): Promise<Commits> {
  const service = await getService(ctx, input.slug);
  const { serviceEnvironmentId } = environmentOf(service, input.environmentSlug);
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId);
  const { mirror } = await openServiceMirror(ctx, service, installation);
  const { scope } = await readServiceSettings(mirror, service.defaultBranch, service);
  const range = { base: live?.sha ?? null, head: service.defaultBranch };
  return commitsBetween(mirror, range, scope, input.limit);
}
