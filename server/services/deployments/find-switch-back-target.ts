import { and, desc, eq, isNotNull, isNull, ne } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { artifacts, releases } from "#db/schema/releases.ts";
import type { ReleaseBrief } from "#server/domain/read-models.ts";
import { toReleaseBrief } from "#server/domain/release-brief.ts";
import type { Context } from "#server/kernel/context.ts";

/** The last release that served before the live one, is not known bad and can be started; null where there is none. */
export async function findSwitchBackTarget(
  ctx: Context,
  input: { serviceEnvironmentId: number; liveReleaseId: number },
): Promise<ReleaseBrief | null> {
  const [row] = await ctx.db
    .select({ release: releases })
    .from(deployments)
    .innerJoin(releases, eq(releases.id, deployments.releaseId))
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .where(
      and(
        eq(deployments.serviceEnvironmentId, input.serviceEnvironmentId),
        isNotNull(deployments.switchedAt),
        ne(releases.id, input.liveReleaseId),
        isNull(releases.badSince),
        isNull(artifacts.removedAt),
      ),
    )
    .orderBy(desc(deployments.switchedAt))
    .limit(1);
  return row === undefined ? null : toReleaseBrief(row.release);
}
