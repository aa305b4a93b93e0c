import { and, eq, isNotNull, lte, type SQL, sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import { releases } from "#db/schema/releases.ts";
import { environments, serviceEnvironments } from "#db/schema/services.ts";
import type { DeploymentStatus, StepName, StepStatus } from "#server/domain/deployment.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { findStoredSettings } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import { heldBy, type Lease } from "./lease.ts";

/** A deployment that nobody runs on with, and what decides how it continues. */
export interface Interrupted {
  lease: Lease;
  status: DeploymentStatus;
  serviceEnvironmentId: number;
  pool: PoolColor | null;
  hasSwitched: boolean;
  cancelRequested: boolean;
  /** The step that ran. */
  step: StepName | null;
  migrate: { status: StepStatus; isRepeatable: boolean };
  start: { status: StepStatus; isRepeatable: boolean };
}

/** All whose lease is over, by database time: their worker is gone, or cut off. */
export function listLost(ctx: Context): Promise<Interrupted[]> {
  const isLost = and(
    isNotNull(deployments.leaseWorkerId),
    lte(deployments.leaseExpiresAt, sql`clock_timestamp()`),
  );
  return list(ctx, isLost, true);
}

/** The one that this worker holds and cannot go on with; none where the lease is gone. */
export async function readInterrupted(ctx: Context, lease: Lease): Promise<Interrupted | null> {
  const [found] = await list(ctx, heldBy(lease), false);
  return found ?? null;
}

async function list(ctx: Context, where: SQL | undefined, hasExpired: boolean): Promise<Interrupted[]> {
  const rows = await ctx.db
    .select({
      deployment: deployments,
      environmentSlug: environments.slug,
      settingsFile: releases.settingsFile,
      migrateStatus: stepStatus("migrate"),
      startStatus: stepStatus("start"),
      step: sql<StepName | null>`(select name from steps
        where deployment_id = ${deployments.id} and status = 'running' order by position limit 1)`,
    })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .leftJoin(releases, eq(releases.id, deployments.releaseId))
    .where(where);
  return rows.flatMap(({ deployment, environmentSlug, settingsFile, migrateStatus, startStatus, step }) => {
    if (deployment.leaseWorkerId === null) return [];
    const settings = findStoredSettings(settingsFile, environmentSlug);
    const { id: deploymentId, leaseNumber, leaseWorkerId: workerId } = deployment;
    return {
      lease: { deploymentId, workerId, leaseNumber, hasExpired },
      status: deployment.status,
      serviceEnvironmentId: deployment.serviceEnvironmentId,
      pool: deployment.pool,
      hasSwitched: deployment.switchedAt !== null,
      cancelRequested: deployment.cancelRequestedAt !== null,
      step,
      migrate: {
        status: migrateStatus ?? "pending",
        isRepeatable: settingsFile === null || settings?.migrate?.repeatable === true,
      },
      start: {
        status: startStatus ?? "pending",
        isRepeatable: settings?.target !== "script" || settings.repeatable,
      },
    };
  });
}

function stepStatus(name: StepName) {
  return sql<StepStatus | null>`(select ${steps.status} from ${steps}
    where ${steps.deploymentId} = ${deployments.id} and ${steps.name} = ${name})`;
}
