import { unmetOf } from "#server/domain/condition-override.ts";
import { areConditionsAsked, standsAsFound } from "#server/domain/conditions.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { stopOf } from "#server/domain/reasons.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError, ValidationError } from "#server/kernel/errors.ts";
import { listFacts } from "#server/services/conditions/list-facts.ts";
import { request } from "#server/services/deployments/request.ts";
import { supersede } from "#server/services/deployments/supersede.ts";
import { getService } from "#server/services/services/get-service.ts";
import { holdConditions } from "#server/services/services/hold-conditions.ts";
import { holdService } from "#server/services/services/hold-service.ts";
import { overrideOf } from "./check-conditions.ts";
import type { Wish } from "./find-deployment-target.ts";
import type { Installation } from "./installation.ts";
import { makeWay } from "./make-way.ts";
import { planDeployment } from "./plan-deployment.ts";

/**
 * Asks for a deployment: everything that the plan shows is looked at again. ValidationError with the reason where a
 * fact stops it; ConflictError where what was chosen on the page is no longer what would happen; ForbiddenError for a
 * machine that would override a condition.
 */
export async function requestDeployment(
  ctx: Context,
  wish: Wish,
  installation: Installation,
): Promise<{ id: number; serviceSlug: string }> {
  demand(ctx, "deploy", wish.serviceSlug);
  if (wish.overrideReason !== undefined && ctx.actor.kind !== "user") {
    throw new ForbiddenError("Only a person can deploy although a condition is not met.");
  }
  const plan = await planDeployment(ctx, wish, installation, { isDecisive: true });
  demandUnstopped(ctx, plan);
  if (wish.kind === "promote" && wish.sha !== undefined && wish.sha !== plan.commit.sha) {
    throw new ConflictError("The release to promote has changed meanwhile. Look at the plan again.");
  }
  const conditions = plan.conditions?.checked ?? [];
  const { id } = await inTransaction(ctx, async (tx) => {
    await holdService(tx, plan.serviceSlug);
    await demandSameConditions(tx, plan);
    // Help never waits in a queue: what has not switched yet makes way.
    if (wish.kind === "switch-back") await makeWay(tx, plan);
    const requested = await request(tx, {
      serviceEnvironmentId: plan.serviceEnvironmentId,
      kind: plan.kind,
      sha: plan.commit.sha,
      subject: plan.commit.subject,
      authorName: plan.commit.authorName,
      releaseId: plan.release?.id ?? null,
      previousReleaseId: plan.live?.id ?? null,
      reasons: plan.reasons,
      conditions,
      // Where all is met by now, there was nothing to override.
      overrideReason: unmetOf(conditions).length === 0 ? null : (overrideOf(wish)?.reason ?? null),
      steps: plan.steps.map(({ name, skip }) => ({ name, skip })),
    });
    await supersede(tx, { deploymentIds: plan.superseded.map(({ id }) => id), by: requested.id });
    return requested;
  });
  return { id, serviceSlug: plan.serviceSlug };
}

/** The error stands at the field for a reason where giving one would help. */
function demandUnstopped(ctx: Context, plan: DeploymentPlan): void {
  const stop = stopOf(plan.reasons);
  if (stop === null) return;
  const mayOverride = stop.mayOverride === true && ctx.actor.kind === "user";
  throw new ValidationError(stop.text, mayOverride ? "overrideReason" : null);
}

/** Reading the repository takes time: what is asked of a commit, and what is known of it, may have changed meanwhile. */
async function demandSameConditions(tx: Context, plan: DeploymentPlan): Promise<void> {
  if (!areConditionsAsked(plan.kind)) return;
  const asked = await holdConditions(tx, plan);
  const found = plan.conditions?.checked ?? [];
  const service = await getService(tx, plan.serviceSlug);
  const facts = (await listFacts(tx, service.id, [plan.commit.sha])).get(plan.commit.sha) ?? [];
  const isSame =
    asked.length === found.length &&
    asked.every((condition) => found.some((checked) => standsAsFound(condition, checked, facts)));
  if (isSame) return;
  throw new ConflictError(
    "What is asked of the commit, or known of it, has just changed. Look at the plan again.",
  );
}
