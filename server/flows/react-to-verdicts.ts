import { verdictTitle } from "#server/domain/incident-titles.ts";
import type { Context } from "#server/kernel/context.ts";
import { listWorse, type WorseReview } from "#server/services/health/list-worse.ts";
import { findKnownCauses, openIncident } from "#server/services/incidents/open-incident.ts";

/**
 * Opens an incident for each release that is watched and noticeably worse: what was found side by side is sure, what was
 * found against the time before is suspected. Once for each deployment: what is over, or was none, does not come again.
 */
export async function reactToVerdicts(ctx: Context): Promise<void> {
  const worse = await listWorse(ctx);
  const known = await findKnownCauses(ctx, worse.map(causeOf));
  for (const review of worse) {
    const isSure = review.outcome.control === "controlled";
    // What was suspected once may have become sure since: that is news while it lasts, and joins it.
    if (known.has(`sure ${causeOf(review)}`) || (known.has(causeOf(review)) && !isSure)) continue;
    const { serviceEnvironmentId, deploymentId, releaseId, openedAt, answeredAt, outcome } = review;
    await openIncident(ctx, {
      ...{ serviceEnvironmentId, deploymentId, releaseId, isSure },
      ...{ source: "verdict", cause: causeOf(review), title: verdictTitle(outcome) },
      beganAt: openedAt,
      // Their clocks may differ: nothing is found before its time.
      detectedAt: new Date(Math.min(answeredAt.getTime(), ctx.now().getTime())),
      slowerThanMs: outcome.signal?.kind === "latency" ? outcome.signal.slowerThanMs : null,
    });
  }
}

function causeOf({ deploymentId }: Pick<WorseReview, "deploymentId">): string {
  return `verdict ${deploymentId}`;
}
