import { and, asc, eq, gte, inArray, isNotNull, or } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { releases } from "#db/schema/releases.ts";
import type { DeploymentKind, DeploymentStatus } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";

/** A deployment, without whoever asked for it. */
export interface NamelessDeployment {
  id: number;
  kind: DeploymentKind;
  status: DeploymentStatus;
  sha: string;
  releaseId: number | null;
  releaseNumber: number | null;
  requestedAt: Date;
  switchedAt: Date | null;
  finishedAt: Date | null;
}

const columns = {
  id: deployments.id,
  kind: deployments.kind,
  status: deployments.status,
  sha: deployments.sha,
  releaseId: deployments.releaseId,
  releaseNumber: releases.number,
  requestedAt: deployments.requestedAt,
  switchedAt: deployments.switchedAt,
  finishedAt: deployments.finishedAt,
};
const most = 100;

/** What took traffic there since then, in the order in which it did. */
export function listSwitchedSince(
  ctx: Context,
  { serviceEnvironmentId, since }: { serviceEnvironmentId: number; since: Date },
): Promise<NamelessDeployment[]> {
  return ctx.db
    .select(columns)
    .from(deployments)
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .where(
      and(
        eq(deployments.serviceEnvironmentId, serviceEnvironmentId),
        isNotNull(deployments.switchedAt),
        gte(deployments.switchedAt, since),
      ),
    )
    .orderBy(asc(deployments.switchedAt))
    .limit(most);
}

/** What was asked for or took traffic there since then, and these besides, in the order of asking. */
export function listDeploymentsSince(
  ctx: Context,
  { serviceEnvironmentId, since, ids }: { serviceEnvironmentId: number; since: Date; ids: number[] },
): Promise<NamelessDeployment[]> {
  return ctx.db
    .select(columns)
    .from(deployments)
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .where(
      and(
        eq(deployments.serviceEnvironmentId, serviceEnvironmentId),
        or(
          gte(deployments.requestedAt, since),
          gte(deployments.switchedAt, since),
          ids.length === 0 ? undefined : inArray(deployments.id, ids),
        ),
      ),
    )
    .orderBy(asc(deployments.id))
    .limit(most);
}
