import { eq } from "drizzle-orm";
import { union } from "drizzle-orm/pg-core";
import { artifacts, releases } from "#db/schema/releases.ts";
import { instances } from "#db/schema/traffic.ts";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";

export interface ArtifactMachine {
  worker: string;
  host: string;
  /** Set where somebody said that it is gone for good. */
  forgottenAt: Date | null;
}

const machine = { worker: workers.name, host: workers.host, forgottenAt: workers.forgottenAt };

/** The workers on whose machines the artifact of a release was packed or has run, by name. */
export function listMachinesOf(
  ctx: Context,
  { releaseId }: { releaseId: number },
): Promise<ArtifactMachine[]> {
  const packedBy = ctx.db
    .select(machine)
    .from(releases)
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .innerJoin(workers, eq(workers.id, artifacts.packedByWorkerId))
    .where(eq(releases.id, releaseId));
  const ranBy = ctx.db
    .select(machine)
    .from(instances)
    .innerJoin(workers, eq(workers.id, instances.workerId))
    .where(eq(instances.releaseId, releaseId));
  return union(packedBy, ranBy).orderBy(workers.name);
}
