import { and, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { deployments, steps } from "#db/schema/deployments.ts";
import { releases } from "#db/schema/releases.ts";
import { configurations, environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { unmetOf } from "#server/domain/condition-override.ts";
import type { CheckedKind } from "#server/domain/conditions.ts";
import type { StepName } from "#server/domain/deployment.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { askedLabel } from "./asked-label.ts";
import { stepsMakeArtifact } from "./expect-duration.ts";

const previous = alias(releases, "previous_release");

/** Every list of deployments begins here: narrow it by `where`, order it, bound it, then `toBrief` each row. */
export function selectBriefs(ctx: Context) {
  const progress = ctx.db
    .select({
      count: sql<number>`count(*)::int`.as("step_count"),
      done: sql<number>`count(*) filter (where ${steps.status} in ('succeeded', 'skipped'))::int`.as("done"),
      current: sql<StepName | null>`min(${steps.name}) filter (where ${steps.status} = 'running')`.as(
        "current",
      ),
    })
    .from(steps)
    .where(and(eq(steps.deploymentId, deployments.id)))
    .as("progress");
  return ctx.db
    .select({
      deployment: deployments,
      serviceSlug: services.slug,
      serviceName: services.name,
      environmentSlug: environments.slug,
      environmentName: environments.name,
      isProduction: environments.isProduction,
      workerLabel: askedLabel(sql`${deployments}`),
      releaseNumber: releases.number,
      previousReleaseNumber: previous.number,
      configuration: { version: configurations.version, instances: configurations.instances },
      makesArtifact: stepsMakeArtifact(sql`${deployments}`),
      stepCount: progress.count,
      stepsDone: progress.done,
      currentStep: progress.current,
    })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .leftJoin(previous, eq(previous.id, deployments.previousReleaseId))
    .leftJoin(configurations, eq(configurations.id, deployments.configurationId))
    .innerJoinLateral(progress, sql`true`)
    .$dynamic();
}

/** When it joined those that wait: a scheduled one goes behind whatever was asked for before its time came. */
export const joinedQueueAt = sql`coalesce(${deployments.scheduleReachedAt}, ${deployments.requestedAt})`;

export const oldestFirst = sql`${joinedQueueAt}, ${deployments.id}`;

type BriefRow = Awaited<ReturnType<typeof selectBriefs>>[number];

export function toBrief(row: BriefRow): DeploymentBrief {
  const { deployment, stepCount, stepsDone, currentStep, ...place } = row;
  const { id, serviceEnvironmentId, kind, status, sha, subject, authorName } = deployment;
  const isOver = deployment.finishedAt !== null;
  return {
    ...place,
    ...{ id, serviceEnvironmentId, kind, status, sha, subject, authorName },
    isCancelling: status === "running" && deployment.cancelRequestedAt !== null,
    // A failure names no person: who asked for it stands on the deployment's own page only.
    requestedByName: status === "failed" ? null : deployment.requestedByName,
    requestedAt: deployment.requestedAt.toISOString(),
    scheduledFor: moment(deployment.scheduledFor),
    scheduleReachedAt: moment(deployment.scheduleReachedAt),
    startedAt: moment(deployment.startedAt),
    switchedAt: moment(deployment.switchedAt),
    finishedAt: moment(deployment.finishedAt),
    durationMs: between(deployment.startedAt, deployment.finishedAt),
    switchDurationMs: deployment.switchDurationMs,
    failedStep: deployment.failedStep,
    failureReason: deployment.failureReason,
    supersededBy: deployment.supersededBy,
    cancelReason: deployment.cancelReason,
    overridden: overriddenOf(deployment),
    currentStep,
    stepsDone,
    stepCount,
    progress: isOver ? 1 : stepsDone / Math.max(1, stepCount),
    expectedMs: null,
  };
}

function overriddenOf({ overrideReason, conditions }: BriefRow["deployment"]): CheckedKind[] {
  return overrideReason === null ? [] : unmetOf(conditions).map(({ kind }) => kind);
}

export function moment(date: Date | null): string | null {
  return date?.toISOString() ?? null;
}

export function between(start: Date | null, end: Date | null): number | null {
  return start === null || end === null ? null : end.getTime() - start.getTime();
}
