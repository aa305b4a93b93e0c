import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { stopOf } from "#server/domain/reasons.ts";
import { type DueDecision, decideDue, decideUnknown } from "#server/domain/schedule.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, UserError, ValidationError } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import {
  findScheduled,
  listDue,
  type ScheduledDeployment,
} from "#server/services/deployments/list-scheduled.ts";
import { cancelScheduled, reachSchedule } from "#server/services/deployments/reach-schedule.ts";
import { supersede } from "#server/services/deployments/supersede.ts";
import { holdConfiguration } from "#server/services/services/hold-configuration.ts";
import { holdService } from "#server/services/services/hold-service.ts";
import { readConfiguration } from "#server/services/services/read-configuration.ts";
import type { Wish } from "./find-deployment-target.ts";
import type { Installation } from "./installation.ts";
import { planDeployment } from "./plan-deployment.ts";
import { demandSameConditions } from "./request-deployment.ts";

/**
 * Plans every deployment whose time has come anew, by a machine's rules: it starts, waits for a hold's end, or is
 * cancelled in words. Safe to be run by several monitors; what came due while none ran is done as soon as one does.
 */
export async function startDueDeployments(
  ctx: Context,
  installation: Installation,
  logger: Logger,
): Promise<void> {
  for (const due of await listDue(ctx)) {
    try {
      const outcome = await settle(ctx, due, installation);
      const facts = { deployment: due.id, lateMs: Math.round(due.lateMs), ...outcome };
      if (outcome.act === "wait") logger.debug(facts, "the time of a deployment has come");
      else logger.info(facts, "the time of a deployment has come");
    } catch (error) {
      // Another monitor or a person was faster, or the facts have just changed: the next round looks again.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}

async function settle(
  ctx: Context,
  due: ScheduledDeployment,
  installation: Installation,
): Promise<DueDecision> {
  const plan = await planAnew(ctx, due, installation).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  const decision =
    plan instanceof UserError ? decideUnknown(plan.message, due.lateMs) : decideDue(plan.reasons);
  if (decision.act === "start" && !(plan instanceof UserError)) await start(ctx, due.id, plan);
  if (decision.act === "cancel") {
    await inTransaction(ctx, (tx) => cancelScheduled(tx, { deploymentId: due.id, reason: decision.reason }));
  }
  return decision;
}

/**
 * Starts a deployment before its time because a person wants it now, by a person's rules. ConflictError where it waits
 * for no time; ValidationError with the reason where a fact stops it.
 */
export async function startScheduledNow(
  ctx: Context,
  input: { deploymentId: number },
  installation: Installation,
): Promise<void> {
  demandPerson(ctx, "deploy");
  const scheduled = await findScheduled(ctx, input.deploymentId);
  if (scheduled === null) throw new ConflictError("It does not wait for a time, or not any more.");
  const plan = await planAnew(ctx, scheduled, installation);
  const stop = stopOf(plan.reasons);
  if (stop !== null) throw new ValidationError(stop.text);
  await start(ctx, scheduled.id, plan);
}

function planAnew(
  ctx: Context,
  scheduled: ScheduledDeployment,
  installation: Installation,
): Promise<DeploymentPlan> {
  const { id, serviceSlug, environmentSlug, kind, sha, releaseNumber, overrideReason, overridden } =
    scheduled;
  const wish: Wish = {
    ...{ serviceSlug, environmentSlug, kind: kind as Wish["kind"] },
    ...(kind === "promote" ? { releaseNumber: releaseNumber ?? undefined } : { sha }),
    ...(overrideReason === null ? {} : { overrideReason, overridden }),
  };
  return planDeployment(ctx, wish, installation, { isDecisive: true, replaces: id });
}

async function start(ctx: Context, deploymentId: number, plan: DeploymentPlan): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    await holdService(tx, plan.serviceSlug);
    await demandSameConditions(tx, plan);
    const { serviceEnvironmentId } = plan;
    await holdConfiguration(tx, { serviceEnvironmentId, to: "read" });
    await reachSchedule(tx, {
      deploymentId,
      // What was changed while it waited stays changed.
      configurationId: (await readConfiguration(tx, { serviceEnvironmentId }))?.id ?? null,
      reasons: plan.reasons,
      conditions: plan.conditions?.checked ?? [],
      previousReleaseId: plan.live?.id ?? null,
      previousConfigurationId: plan.liveConfigurationId,
    });
    await supersede(tx, { deploymentIds: plan.superseded.map(({ id }) => id), by: deploymentId });
  });
}
