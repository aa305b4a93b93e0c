import { switchedBackReason } from "#server/domain/automation.ts";
import { causedReason, leftByReason } from "#server/domain/bad-release.ts";
import { unmetOf } from "#server/domain/condition-override.ts";
import { areConditionsAsked, standsAsFound } from "#server/domain/conditions.ts";
import { unfitField } from "#server/domain/fitting-fields.ts";
import { alreadyBuilt, makesArtifact } from "#server/domain/plan.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { stopOf } from "#server/domain/reasons.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError, ValidationError } from "#server/kernel/errors.ts";
import { listFacts } from "#server/services/conditions/list-facts.ts";
import { request } from "#server/services/deployments/request.ts";
import { supersede } from "#server/services/deployments/supersede.ts";
import { publishAnnouncement } from "#server/services/feed/publish.ts";
import { holdIncident, noteAttempt } from "#server/services/incidents/note-attempt.ts";
import { getRelease } from "#server/services/pipeline/get-release.ts";
import { holdArtifact } from "#server/services/pipeline/hold-artifact.ts";
import { markBad } from "#server/services/pipeline/mark-bad.ts";
import { getService } from "#server/services/services/get-service.ts";
import { holdConditions } from "#server/services/services/hold-conditions.ts";
import { holdService } from "#server/services/services/hold-service.ts";
import { pauseAutomationFor } from "#server/services/services/pause-automation.ts";
import { bringConfiguration } from "./bring-configuration.ts";
import { overrideOf } from "./check-conditions.ts";
import type { Wish } from "./find-deployment-target.ts";
import type { Installation } from "./installation.ts";
import { makeWay } from "./make-way.ts";
import { planDeployment } from "./plan-deployment.ts";

/**
 * Asks for a deployment: everything that the plan shows is looked at again. ValidationError with the reason where a
 * fact stops it; ConflictError where what was chosen on the page is no longer what would happen; ForbiddenError for a
 * machine that would override a condition. `guard` throws, in the transaction, where what the asker went by is no more.
 */
export async function requestDeployment(
  ctx: Context,
  wish: Wish,
  installation: Installation,
  guard: (tx: Context) => Promise<void> = async () => undefined,
): Promise<{ id: number; serviceSlug: string }> {
  demand(ctx, "deploy", wish.serviceSlug);
  if (wish.overrideReason !== undefined && ctx.actor.kind !== "user") {
    throw new ForbiddenError("Only a person can deploy although a condition is not met.");
  }
  const unfit = unfitField(wish);
  if (unfit !== null) throw new ValidationError(unfit.message, unfit.field);
  const plan = await planDeployment(ctx, wish, installation, { isDecisive: true });
  demandUnstopped(ctx, plan);
  demandBuild(wish, plan);
  if (wish.kind === "promote" && wish.sha !== undefined && wish.sha !== plan.commit.sha) {
    throw new ConflictError("The release to promote has changed meanwhile. Look at the plan again.");
  }
  const conditions = plan.conditions?.checked ?? [];
  const { id } = await inTransaction(ctx, async (tx) => {
    await holdService(tx, plan.serviceSlug);
    await guard(tx);
    await demandSameConditions(tx, plan);
    if (plan.release !== null) await holdArtifact(tx, plan.release);
    // Help never waits in a queue: what has not switched yet makes way.
    if (wish.kind === "switch-back") await leaveLive(tx, plan, wish);
    await markCause(tx, plan, wish);
    const configurationId = await bringConfiguration(tx, wish, plan, installation.sealingKeys);
    const requested = await request(tx, {
      serviceEnvironmentId: plan.serviceEnvironmentId,
      kind: plan.kind,
      sha: plan.commit.sha,
      subject: plan.commit.subject,
      authorName: plan.commit.authorName,
      releaseId: plan.release?.id ?? null,
      cleanBuild: wish.cleanBuild ?? false,
      previousReleaseId: plan.live?.id ?? null,
      configurationId,
      previousConfigurationId: plan.liveConfigurationId,
      reasons: plan.reasons,
      conditions,
      // Where all is met by now, there was nothing to override.
      overrideReason: unmetOf(conditions).length === 0 ? null : (overrideOf(wish)?.reason ?? null),
      scheduledFor: plan.scheduledFor === null ? null : new Date(plan.scheduledFor),
      steps: plan.steps.map(({ name, skip }) => ({ name, skip })),
    });
    if (wish.fixesIncidentId !== undefined) {
      await noteAttempt(tx, { incidentId: wish.fixesIncidentId, deploymentId: requested.id });
    }
    if (wish.announce === true) await publishAnnouncement(tx, requested.id);
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

/** To build without what is kept has no meaning where nothing is built. */
function demandBuild({ cleanBuild }: Wish, { release }: DeploymentPlan): void {
  if (cleanBuild !== true || release === null || makesArtifact(release)) return;
  throw new ValidationError(`Nothing is built: ${alreadyBuilt(release.number)}.`, "cleanBuild");
}

/** Reading the repository takes time: what is asked of a commit, and what is known of it, may have changed meanwhile. */
export async function demandSameConditions(tx: Context, plan: DeploymentPlan): Promise<void> {
  if (!areConditionsAsked(plan.kind)) return;
  const asked = await holdConditions(tx, plan);
  const found = plan.conditions?.checked ?? [];
  const service = await getService(tx, plan.serviceSlug);
  const { sha } = plan.commit;
  const facts = (await listFacts(tx, service.id, [sha])).get(sha) ?? [];
  const isBad = ((await getRelease(tx, service.id, { sha }))?.badReason ?? null) !== null;
  const isSame =
    isBad === found.some(({ kind }) => kind === "not-bad") &&
    asked.length === found.filter(({ kind }) => kind !== "not-bad").length &&
    asked.every((condition) => found.some((checked) => standsAsFound(condition, checked, facts)));
  if (isSame) return;
  throw new ConflictError(
    "What is asked of the commit, or known of it, has just changed. Look at the plan again.",
  );
}

/**
 * Whoever rolls forward out of an incident knows that what is live is bad: no machine brings it back, and the last good
 * pool stays warm beside it meanwhile. Where the incident came with no deployment, nothing is marked.
 */
async function markCause(tx: Context, plan: DeploymentPlan, { fixesIncidentId, kind }: Wish): Promise<void> {
  if (fixesIncidentId === undefined) return;
  const { serviceEnvironmentId, live } = plan;
  const cause = await holdIncident(tx, { incidentId: fixesIncidentId, serviceEnvironmentId });
  if (kind === "switch-back" || live === null || live.badReason !== null) return;
  if (cause.deploymentId === null || cause.releaseId !== live.id) return;
  await markBad(tx, { releaseId: live.id, badReason: causedReason(fixesIncidentId) });
}

/** Whoever switches back leaves a release for good, unless they say otherwise: no machine brings it back. */
async function leaveLive(tx: Context, plan: DeploymentPlan, { markBad: isBad = true }: Wish): Promise<void> {
  // First of all: whoever is about to ask by itself has asked by then, and is cancelled below, or asks no more.
  await pauseAutomationFor(
    tx,
    { slug: plan.serviceSlug, environmentSlug: plan.environment.slug },
    switchedBackReason(plan.release?.number ?? null),
  );
  const reason = `${plan.environment.name} was switched back to #${plan.release?.number} before its turn.`;
  await makeWay(tx, plan, reason);
  if (!isBad || plan.live === null) return;
  await markBad(tx, { releaseId: plan.live.id, badReason: leftByReason(plan.environment.name) });
}
