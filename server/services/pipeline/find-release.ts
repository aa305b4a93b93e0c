import { and, eq } from "drizzle-orm";
import { artifacts, releases } from "#db/schema/releases.ts";
import type { Context } from "#server/kernel/context.ts";

export interface RecordedRelease {
  id: number;
  number: number;
  artifactDigest: string;
}

/** The release of a service that was made of this commit; null where none was. */
export async function findRelease(
  ctx: Context,
  serviceId: number,
  sha: string,
): Promise<RecordedRelease | null> {
  const [release] = await ctx.db
    .select({ id: releases.id, number: releases.number, artifactDigest: artifacts.digest })
    .from(releases)
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .where(and(eq(releases.serviceId, serviceId), eq(releases.sha, sha)));
  return release ?? null;
}
