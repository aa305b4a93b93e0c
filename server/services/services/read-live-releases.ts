import { and, desc, eq, inArray, isNotNull, sql } from "drizzle-orm";
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
  const switched = ctx.db
    .select({
      id: deployments.id,
      switchedAt: deployments.switchedAt,
      requestedByName: deployments.requestedByName,
    })
    .from(deployments)
    .where(
      and(
        eq(deployments.serviceEnvironmentId, pointers.serviceEnvironmentId),
        isNotNull(deployments.switchedAt),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(1)
    .as("switched");
  const { id, switchedAt, requestedByName } = switched;
  const switchedColumns = { id, switchedAt, requestedByName };
  const rows = await ctx.db
    .select({ pointer: pointers, target: pools.target, release: releases, switched: switchedColumns })
    .from(pointers)
    .innerJoin(pools, isLivePool)
    .innerJoin(releases, eq(releases.id, pools.releaseId))
    .leftJoinLateral(switched, sql`true`)
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

const isLivePool = and(
  eq(pools.serviceEnvironmentId, pointers.serviceEnvironmentId),
  eq(pools.color, pointers.livePool),
);
