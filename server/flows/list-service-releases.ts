import type { ReleaseRow } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { listReleases } from "#server/services/pipeline/list-releases.ts";
import { getService } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";

/** Releases of a service, newest first, and where each of them serves now. */
export async function listServiceReleases(
  ctx: Context,
  input: { slug: string; before?: number | undefined; limit: number },
): Promise<{ items: ReleaseRow[]; nextBefore: number | null }> {
  const service = await getService(ctx, input.slug);
  const ids = service.environments.map((environment) => environment.serviceEnvironmentId);
  const live = await readLiveReleases(ctx, ids);
  const found = await listReleases(ctx, {
    serviceId: service.id,
    before: input.before,
    limit: input.limit + 1,
  });
  const items = found.slice(0, input.limit).map((release) => ({
    ...release,
    liveIn: service.environments
      .filter((environment) => live.get(environment.serviceEnvironmentId)?.id === release.id)
      .map((environment) => environment.slug),
  }));
  return { items, nextBefore: found.length > input.limit ? (items.at(-1)?.number ?? null) : null };
}
