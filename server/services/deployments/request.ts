import { sql } from "drizzle-orm";
import { deployments, steps } from "#db/schema/deployments.ts";
import type { CheckedCondition } from "#server/domain/conditions.ts";
import type { DeploymentKind } from "#server/domain/deployment.ts";
import type { PlannedStep } from "#server/domain/plan.ts";
import type { Reason } from "#server/domain/reasons.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notification } from "#server/kernel/notifications.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { demandAt } from "./demand-at.ts";

export interface DeploymentRequest {
  serviceEnvironmentId: number;
  kind: DeploymentKind;
  sha: string;
  subject: string;
  authorName: string;
  /** Null where the release is still to be made. */
  releaseId: number | null;
  previousReleaseId?: number | null;
  /** The configuration that it brings, and with which what is live runs; left out for none. */
  configurationId?: number | null;
  previousConfigurationId?: number | null;
  cleanBuild?: boolean;
  reasons: Reason[];
  /** As they are found now: what is reported later changes nothing about this record. */
  conditions?: CheckedCondition[];
  overrideReason?: string | null;
  /** Null for now. */
  scheduledFor?: Date | null;
  steps: PlannedStep[];
}

/** Puts a deployment in the queue of its service environment and wakes the workers. */
export async function request(ctx: Context, input: DeploymentRequest): Promise<{ id: number }> {
  await demandAt(ctx, "deploy", input);
  return inTransaction(ctx, async (tx) => {
    const { steps: plan, ...columns } = input;
    const [deployment] = await tx.db
      .insert(deployments)
      .values({
        ...columns,
        requestedBy: tx.actor.kind === "user" ? tx.actor.id : null,
        requestedByName: tx.actor.name,
      })
      .returning({ id: deployments.id });
    if (deployment === undefined) throw new Error("The deployment's row was not returned.");
    // Sent together: the worker's wait is counted from the row's insertion.
    await Promise.all([
      tx.db.insert(steps).values(plan.map((step, index) => stepRow(deployment.id, step, index))),
      record(tx, {
        action: "deployments/request",
        subject: `deployment:${deployment.id}`,
        after: audited(input),
      }),
      publishDeployment(tx, deployment.id, "waiting"),
      tx.db.execute(
        sql`select ${notification("queue", deployment.id)}, ${notification("deployment", deployment.id)}`,
      ),
    ]);
    return deployment;
  });
}

function audited(input: DeploymentRequest) {
  const { serviceEnvironmentId, kind, sha, conditions = [], overrideReason, scheduledFor } = input;
  const { cleanBuild = false } = input;
  return {
    ...{ serviceEnvironmentId, kind, sha },
    ...(cleanBuild && { cleanBuild }),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(overrideReason == null ? {} : { overrideReason }),
    ...(scheduledFor == null ? {} : { scheduledFor: scheduledFor.toISOString() }),
  };
}

function stepRow(deploymentId: number, step: PlannedStep, index: number) {
  const status = step.skip === null ? ("pending" as const) : ("skipped" as const);
  return { deploymentId, position: index + 1, name: step.name, status, detail: step.skip };
}
