import { and, eq, inArray } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { releases } from "#db/schema/releases.ts";
import { pointers, pools } from "#db/schema/traffic.ts";
import type { LiveRelease } from "#server/domain/read-models.ts";
import { toReleaseBrief } from "#server/domain/release-brief.ts";
import type { Context } from "#server/kernel/context.ts";

/** What is live, by service environment: the release in the pool that the pointer names. All of them without ids. */
export async function readLiveReleases(
  ctx: Context,
  serviceEnvironmentIds?: number[],
): Promise<Map<number, LiveRelease>> {
  const rows = await ctx.db
    .select({ pointer: pointers, target: pools.target, release: releases, switched: switchedColumns })
    .from(pointers)
    .innerJoin(pools, isLivePool)
    .innerJoin(releases, eq(releases.id, pools.releaseId))
    // The one that the pool was started or kept for: one that was asked for earlier may have switched later.
    .leftJoin(deployments, eq(deployments.id, pools.deploymentId))
    .where(
      serviceEnvironmentIds === undefined
        ? undefined
        : inArray(pointers.serviceEnvironmentId, serviceEnvironmentIds),
    );
  return new Map(
    rows.map(({ pointer, target, release, switched }) => [
      pointer.serviceEnvironmentId,
      {
        ...toReleaseBrief(release),
        target,
        pool: pointer.livePool ?? "blue",
        since: (switched?.switchedAt ?? pointer.changedAt).toISOString(),
        deploymentId: switched?.id ?? null,
        // Nobody is named beside what is bad.
        byName: release.badSince === null ? (switched?.requestedByName ?? null) : null,
      },
    ]),
  );
}

const switchedColumns = {
  id: deployments.id,
  switchedAt: deployments.switchedAt,
  requestedByName: deployments.requestedByName,
};

const isLivePool = and(
  eq(pools.serviceEnvironmentId, pointers.serviceEnvironmentId),
  eq(pools.color, pointers.livePool),
);
