import { and, asc, eq, type SQL, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { releases } from "#db/schema/releases.ts";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { unmetOf } from "#server/domain/condition-override.ts";
import type { CheckedKind } from "#server/domain/conditions.ts";
import type { DeploymentKind } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";

/** A deployment that waits for its time: what it takes to plan it anew. */
export interface ScheduledDeployment {
  id: number;
  serviceSlug: string;
  environmentSlug: string;
  kind: DeploymentKind;
  sha: string;
  releaseNumber: number | null;
  overrideReason: string | null;
  /** The conditions that its override was given for. */
  overridden: CheckedKind[];
  /** By database time; below zero where its time has still to come. */
  lateMs: number;
}

/** Still waiting for its time: whoever makes it start, or cancels it for that, does so only while this holds. */
export const waitsForItsTime = sql`${deployments.status} = 'queued'
  and ${deployments.scheduledFor} is not null and ${deployments.scheduleReachedAt} is null`;

/** Those whose time has come, by database time, the longest overdue first; at most 100. */
export function listDue(ctx: Context): Promise<ScheduledDeployment[]> {
  return select(ctx, sql`${deployments.scheduledFor} <= clock_timestamp()`);
}

/** Null where it does not wait for a time. */
export async function findScheduled(ctx: Context, deploymentId: number): Promise<ScheduledDeployment | null> {
  const [found] = await select(ctx, eq(deployments.id, deploymentId));
  return found ?? null;
}

async function select(ctx: Context, which: SQL): Promise<ScheduledDeployment[]> {
  const rows = await ctx.db
    .select({
      id: deployments.id,
      serviceSlug: services.slug,
      environmentSlug: environments.slug,
      kind: deployments.kind,
      sha: deployments.sha,
      releaseNumber: releases.number,
      overrideReason: deployments.overrideReason,
      conditions: deployments.conditions,
      lateMs: sql<number>`(extract(epoch from clock_timestamp() - ${deployments.scheduledFor}) * 1000)::float8`,
    })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .where(and(waitsForItsTime, which))
    .orderBy(asc(deployments.scheduledFor), asc(deployments.id))
    .limit(100);
  return rows.map(({ conditions, ...row }) => ({
    ...row,
    overridden: row.overrideReason === null ? [] : unmetOf(conditions).map(({ kind }) => kind),
  }));
}
