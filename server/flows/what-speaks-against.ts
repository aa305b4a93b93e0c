import type { LiveRelease } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";

/**
 * All that is known against the release that is live in a service environment, in sentences: the one place to ask before
 * a machine carries it further.
 */
export async function whatSpeaksAgainst(
  ctx: Context,
  live: { serviceEnvironmentId: number; environmentName: string; release: LiveRelease },
): Promise<string[]> {
  const { serviceEnvironmentId, environmentName, release } = live;
  const { badReason } = release;
  const { pools } = await readTraffic(ctx, serviceEnvironmentId);
  const instances = pools.find(({ isLive }) => isLive)?.instances ?? [];
  const restarts = instances.reduce((sum, instance) => sum + instance.restarts, 0);
  const unwell = instances.filter(({ status }) => status !== "healthy").length;
  return [
    ...(badReason === null ? [] : [`It was marked as bad: ${badReason}`]),
    ...(restarts === 0
      ? []
      : [`Its instances in ${environmentName} had to be restarted (${restarts} times).`]),
    ...(instances.length === 0 && release.target === "process"
      ? [`No instance of it serves in ${environmentName}.`]
      : []),
    ...(unwell === 0
      ? []
      : [`${unwell} of ${instances.length} instances in ${environmentName} are not healthy.`]),
  ];
}
