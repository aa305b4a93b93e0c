import { and, eq, type SQL } from "drizzle-orm";
import { artifacts, releases } from "#db/schema/releases.ts";
import type { ReleaseWithArtifact } from "#server/domain/read-models.ts";
import { toReleaseBrief } from "#server/domain/release-brief.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";

export type ReleaseWithSettings = ReleaseWithArtifact & { settingsFile: SettingsFileInput };

/** A release of a service by its number, its commit or its id; null where there is none. */
export async function getRelease(
  ctx: Context,
  serviceId: number,
  by: { number: number } | { sha: string } | { id: number },
): Promise<ReleaseWithSettings | null> {
  const [row] = await ctx.db
    .select({ release: releases, artifact: artifacts })
    .from(releases)
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .where(and(eq(releases.serviceId, serviceId), condition(by)));
  if (row === undefined) return null;
  return {
    ...toReleaseBrief(row.release),
    artifactBytes: row.artifact.bytes,
    fileCount: row.artifact.fileCount,
    isArtifactGone: row.artifact.removedAt !== null,
    settingsFile: row.release.settingsFile,
  };
}

function condition(by: { number: number } | { sha: string } | { id: number }): SQL {
  if ("number" in by) return eq(releases.number, by.number);
  return "sha" in by ? eq(releases.sha, by.sha) : eq(releases.id, by.id);
}
