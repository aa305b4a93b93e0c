import { and, eq, isNotNull } from "drizzle-orm";
import { pointers, pools } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";
import { findSwitchBackTarget } from "./find-switch-back-target.ts";

/** The releases that can be switched back to now, one at most for each service environment: their ids. */
export async function listSwitchBackTargets(ctx: Context): Promise<number[]> {
  const live = await ctx.db
    .select({ serviceEnvironmentId: pools.serviceEnvironmentId, liveReleaseId: pools.releaseId })
    .from(pointers)
    .innerJoin(
      pools,
      and(eq(pools.serviceEnvironmentId, pointers.serviceEnvironmentId), eq(pools.color, pointers.livePool)),
    )
    .where(isNotNull(pools.releaseId));
  const targets: number[] = [];
  for (const { serviceEnvironmentId, liveReleaseId } of live) {
    if (liveReleaseId === null) continue;
    const target = await findSwitchBackTarget(ctx, { serviceEnvironmentId, liveReleaseId });
    if (target !== null) targets.push(target.id);
  }
  return targets;
}
