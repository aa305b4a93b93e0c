import { and, desc, eq, inArray, lt } from "drizzle-orm";
import { artifacts, releases } from "#db/schema/releases.ts";
import type { ReleaseWithArtifact } from "#server/domain/read-models.ts";
import { toReleaseBrief } from "#server/domain/release-brief.ts";
import type { Context } from "#server/kernel/context.ts";

/** Releases of a service, newest first; `before` is the number of the last one of the page before. */
export async function listReleases(
  ctx: Context,
  input: { serviceId: number; before?: number | undefined; limit: number },
): Promise<(ReleaseWithArtifact & { createdAt: string })[]> {
  const rows = await ctx.db
    .select({ release: releases, artifact: artifacts })
    .from(releases)
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .where(
      and(
        eq(releases.serviceId, input.serviceId),
        input.before === undefined ? undefined : lt(releases.number, input.before),
      ),
    )
    .orderBy(desc(releases.number))
    .limit(input.limit);
  return rows.map(({ release, artifact }) => ({
    ...toReleaseBrief(release),
    artifactBytes: artifact.bytes,
    fileCount: artifact.fileCount,
    isArtifactGone: artifact.removedAt !== null,
    createdAt: release.createdAt.toISOString(),
  }));
}

/** Which of these commits are releases already: their numbers by SHA. */
export async function releaseNumbers(
  ctx: Context,
  serviceId: number,
  shas: string[],
): Promise<Map<string, number>> {
  if (shas.length === 0) return new Map();
  const rows = await ctx.db
    .select({ sha: releases.sha, number: releases.number })
    .from(releases)
    .where(and(eq(releases.serviceId, serviceId), inArray(releases.sha, shas)));
  return new Map(rows.map((row) => [row.sha, row.number]));
}
