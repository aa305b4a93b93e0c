import { findStoredSettings } from "#server/domain/service-settings.ts";
import type { Target } from "#server/domain/targets.ts";
import type { Context } from "#server/kernel/context.ts";
import { getRelease } from "#server/services/pipeline/get-release.ts";

/** Where a release runs in an environment; `process` where it is gone. */
export async function readReleaseTarget(
  ctx: Context,
  wanted: { serviceId: number; releaseId: number; environmentSlug: string },
): Promise<Target> {
  const release = await getRelease(ctx, wanted.serviceId, { id: wanted.releaseId });
  return findStoredSettings(release?.settingsFile, wanted.environmentSlug)?.target ?? "process";
}
