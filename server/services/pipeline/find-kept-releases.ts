import { and, eq, inArray, isNull, or } from "drizzle-orm";
import { artifacts, releases } from "#db/schema/releases.ts";
import { services } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";
import { isRunning } from "./needed-artifact.ts";

/** Which of these releases of a service have an artifact that is kept, or run: digests by number. */
export async function findKeptReleases(
  ctx: Context,
  serviceSlug: string,
  numbers: number[],
): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map();
  const rows = await ctx.db
    .select({ number: releases.number, digest: artifacts.digest })
    .from(releases)
    .innerJoin(services, eq(services.id, releases.serviceId))
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .where(
      and(
        eq(services.slug, serviceSlug),
        inArray(releases.number, numbers),
        or(isNull(artifacts.removedAt), isRunning()),
      ),
    );
  return new Map(rows.map(({ number, digest }) => [number, digest]));
}
