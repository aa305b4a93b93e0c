import { and, asc, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { deployments, steps } from "#db/schema/deployments.ts";
import { artifacts, releases } from "#db/schema/releases.ts";
import { configurations, environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { pointers, pools } from "#db/schema/traffic.ts";
import type { ConfigurationContent } from "#server/domain/configuration.ts";
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

/** With what names it in the deployment's row. */
export interface LiveWorkRelease extends Omit<WorkRelease, "isArtifactGone"> {
  subject: string;
  authorName: string;
}

export type WorkConfiguration = ConfigurationContent & { id: number };

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
    settingsPath: string;
    typedSettings: SettingsFileInput | null;
  };
  environmentSlug: string;
  environmentName: string;
  /** What the worker must have that starts anything for it. */
  workerLabel: string | null;
  /** What is live when the run begins, and the configuration that it runs with. */
  live: { release: LiveWorkRelease; configuration: WorkConfiguration | null } | null;
  /** Null until it is made. */
  release: WorkRelease | null;
  /** The one that it brings. */
  configuration: WorkConfiguration | null;
  /** As they stand: of an earlier attempt some may have succeeded already. */
  steps: { name: StepName; status: StepStatus }[];
  attempt: number;
}

export async function readWork(ctx: Context, lease: Lease): Promise<Work> {
  const [[row], states] = await Promise.all([readRow(ctx, lease), readSteps(ctx, lease)]);
  if (row === undefined) throw new LeaseLostError(lease);
  const { liveRelease, liveConfiguration, ...work } = row;
  const live = liveRelease === null ? null : { release: liveRelease, configuration: liveConfiguration };
  return { ...work, live, steps: states };
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
      environmentName: environments.name,
      workerLabel: serviceEnvironments.workerLabel,
      service: {
        id: services.id,
        slug: services.slug,
        repositoryUrl: services.repositoryUrl,
        defaultBranch: services.defaultBranch,
        settingsPath: services.settingsPath,
        typedSettings: services.typedSettings,
      },
      release: releaseColumns,
      configuration: {
        id: configurations.id,
        instances: configurations.instances,
        variables: configurations.variables,
        secrets: configurations.secrets,
      },
      liveRelease: {
        id: liveReleases.id,
        number: liveReleases.number,
        sha: liveReleases.sha,
        subject: liveReleases.subject,
        authorName: liveReleases.authorName,
        artifactDigest: liveReleases.artifactDigest,
        settingsFile: liveReleases.settingsFile,
      },
      liveConfiguration: {
        id: liveConfigurations.id,
        instances: liveConfigurations.instances,
        variables: liveConfigurations.variables,
        secrets: liveConfigurations.secrets,
      },
    })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .leftJoin(configurations, eq(configurations.id, deployments.configurationId))
    .leftJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .leftJoin(pointers, eq(pointers.serviceEnvironmentId, deployments.serviceEnvironmentId))
    .leftJoin(
      pools,
      and(eq(pools.serviceEnvironmentId, pointers.serviceEnvironmentId), eq(pools.color, pointers.livePool)),
    )
    .leftJoin(liveReleases, eq(liveReleases.id, pools.releaseId))
    .leftJoin(liveConfigurations, eq(liveConfigurations.id, pools.configurationId))
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
const liveConfigurations = alias(configurations, "live_configurations");

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
