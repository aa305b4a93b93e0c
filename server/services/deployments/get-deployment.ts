import { eq } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { deployments } from "#db/schema/deployments.ts";
import { artifacts, releases } from "#db/schema/releases.ts";
import { serviceEnvironments } from "#db/schema/services.ts";
import { workers } from "#db/schema/workers.ts";
import type { CheckedCondition } from "#server/domain/conditions.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type {
  DeploymentBrief,
  Expectation,
  ReleaseBrief,
  ReleaseWithArtifact,
  StepView,
} from "#server/domain/read-models.ts";
import type { Reason } from "#server/domain/reasons.ts";
import { toReleaseBrief } from "#server/domain/release-brief.ts";
import type { WatchOutcome } from "#server/domain/release-watch.ts";
import type { SwitchCounts } from "#server/domain/switch-counts.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { between, moment, selectBriefs, toBrief } from "./brief.ts";
import { expectDuration } from "./expect-duration.ts";
import { listSteps } from "./list-steps.ts";
import { readLogState } from "./read-log.ts";

/** A deployment with its steps and releases; what stands around it (pools, routers) other rooms know. */
export interface Deployment extends DeploymentBrief {
  serviceId: number;
  startedByName: string;
  cancelRequestedAt: string | null;
  pool: PoolColor | null;
  release: ReleaseWithArtifact | null;
  previousRelease: ReleaseBrief | null;
  reasons: Reason[];
  conditions: CheckedCondition[];
  overrideReason: string | null;
  configurationId: number | null;
  previousConfigurationId: number | null;
  workerName: string | null;
  waitedMs: number | null;
  steps: StepView[];
  expected: Expectation;
  /** `isGone`: it was kept for its time, and is no more. */
  log: { lineCount: number; isGone: boolean };
  /** What routers counted around the switch; null where they have not yet, or did not. */
  switchCounts: SwitchCounts | null;
  canaryEndsAt: string | null;
  /** How its release did under its share, as far as it is known. */
  canaryOutcome: WatchOutcome | null;
}

/** NotFoundError where there is none of this id. */
export async function getDeployment(ctx: Context, id: number): Promise<Deployment> {
  const [row] = await selectBriefs(ctx).where(eq(deployments.id, id));
  if (row === undefined) throw new NotFoundError(`There is no deployment ${id}.`);
  const { deployment } = row;
  const brief = toBrief(row);
  const around = await readAround(ctx, id);
  // A failure names no person, nor those who reviewed or reported.
  const hasFailed = deployment.status === "failed";
  const expectation = await expectDuration(ctx, brief);
  const { day, isKept } = await readLogState(ctx, id);
  const { steps, lineCount } = await listSteps(ctx, id, expectation.steps);
  return {
    ...brief,
    ...around,
    expectedMs: deployment.finishedAt === null ? expectation.total.p90Ms : null,
    startedByName: deployment.requestedByName,
    cancelRequestedAt: moment(deployment.cancelRequestedAt),
    pool: deployment.pool,
    reasons: deployment.reasons,
    conditions: deployment.conditions.map((condition) =>
      hasFailed ? { ...condition, byName: null } : condition,
    ),
    overrideReason: deployment.overrideReason,
    configurationId: deployment.configurationId,
    previousConfigurationId: deployment.previousConfigurationId,
    waitedMs: between(deployment.scheduleReachedAt ?? deployment.requestedAt, deployment.startedAt),
    steps,
    expected: expectation.total,
    log: { lineCount, isGone: day !== null && !isKept },
    switchCounts: deployment.switchCounts,
    canaryEndsAt: deployment.canaryEndsAt?.toISOString() ?? null,
    canaryOutcome: deployment.canaryOutcome,
  };
}

async function readAround(ctx: Context, id: number) {
  const previous = alias(releases, "previous_release");
  const [row] = await ctx.db
    .select({
      serviceId: serviceEnvironments.serviceId,
      workerName: workers.name,
      release: releases,
      artifact: artifacts,
      previous,
    })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .leftJoin(workers, eq(workers.id, deployments.leaseWorkerId))
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .leftJoin(artifacts, eq(artifacts.digest, releases.artifactDigest))
    .leftJoin(previous, eq(previous.id, deployments.previousReleaseId))
    .where(eq(deployments.id, id));
  if (row === undefined) throw new NotFoundError(`There is no deployment ${id}.`);
  const { serviceId, workerName, release, artifact } = row;
  return {
    serviceId,
    workerName,
    release:
      release === null
        ? null
        : {
            ...toReleaseBrief(release),
            artifactBytes: artifact?.bytes ?? 0,
            fileCount: artifact?.fileCount ?? 0,
            isArtifactGone: (artifact?.removedAt ?? null) !== null,
          },
    previousRelease: row.previous === null ? null : toReleaseBrief(row.previous),
  };
}
