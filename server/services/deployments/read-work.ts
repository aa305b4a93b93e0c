import { and, asc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { deployments, steps } from "#db/schema/deployments.ts";
import { artifacts, releases } from "#db/schema/releases.ts";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { pointers, pools } from "#db/schema/traffic.ts";
import type { DeploymentKind, StepName, StepStatus } from "#server/domain/deployment.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

export interface WorkRelease {
  id: number;
  number: number;
  sha: string;
  artifactDigest: string;
  /** It was cleared away: the commit is built again. */
  isArtifactGone: boolean;
  settingsFile: SettingsFileInput;
}

/** All that a worker needs to know to run a deployment. */
export interface Work {
  kind: DeploymentKind;
  sha: string;
  cleanBuild: boolean;
  serviceEnvironmentId: number;
  service: {
    id: number;
    slug: string;
    repositoryUrl: string;
    defaultBranch: string;
    typedSettings: SettingsFileInput | null;
  };
  environmentSlug: string;
  /** What is live when the run begins. */
  liveReleaseNumber: number | null;
  /** Null until it is made. */
  release: WorkRelease | null;
  /** As they stand: of an earlier attempt some may have succeeded already. */
  steps: { name: StepName; status: StepStatus }[];
  attempt: number;
}

export async function readWork(ctx: Context, lease: Lease): Promise<Work> {
  const [[row], states] = await Promise.all([readRow(ctx, lease), readSteps(ctx, lease)]);
  if (row === undefined) throw new LeaseLostError(lease);
  return { ...row, steps: states };
}

function readRow(ctx: Context, lease: Lease) {
  return ctx.db
    .select({
      kind: deployments.kind,
      sha: deployments.sha,
      cleanBuild: deployments.cleanBuild,
      attempt: deployments.leaseNumber,
      serviceEnvironmentId: deployments.serviceEnvironmentId,
      environmentSlug: environments.slug,
      service: {
        id: services.id,
        slug: services.slug,
        repositoryUrl: services.repositoryUrl,
        defaultBranch: services.defaultBranch,
        typedSettings: services.typedSettings,
      },
      release: releaseColumns,
      liveReleaseNumber: liveReleases.number,
    })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .leftJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .leftJoin(pointers, eq(pointers.serviceEnvironmentId, deployments.serviceEnvironmentId))
    .leftJoin(
      pools,
      and(eq(pools.serviceEnvironmentId, pointers.serviceEnvironmentId), eq(pools.color, pointers.livePool)),
    )
    .leftJoin(liveReleases, eq(liveReleases.id, pools.releaseId))
    .where(heldBy(lease));
}

function readSteps(ctx: Context, lease: Lease) {
  return ctx.db
    .select({ name: steps.name, status: steps.status })
    .from(steps)
    .where(eq(steps.deploymentId, lease.deploymentId))
    .orderBy(asc(steps.position));
}

const liveReleases = alias(releases, "live_releases");

const releaseColumns = {
  id: releases.id,
  number: releases.number,
  sha: releases.sha,
  artifactDigest: releases.artifactDigest,
  settingsFile: releases.settingsFile,
  isArtifactGone: sql<boolean>`${artifacts.removedAt} is not null`,
};

export async function readWorkRelease(ctx: Context, releaseId: number): Promise<WorkRelease> {
  const [release] = await ctx.db
    .select(releaseColumns)
    .from(releases)
    .innerJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .where(eq(releases.id, releaseId));
  if (release === undefined) throw new NotFoundError("There is no such release.");
  return release;
}
