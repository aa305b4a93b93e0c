import { verdictSentence } from "#server/domain/review.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { listCanaries } from "#server/services/deployments/list-canaries.ts";
import { noteCanaryOutcome } from "#server/services/deployments/note-canary-outcome.ts";
import { FollowReleases } from "./follow-releases.ts";
import { findCanary, followableOf } from "./read-canary.ts";

const asVerdict = { kind: "system", name: "Verdict" } as const;

/**
 * Follows every release that has a share of the requests, and takes the share back from one that is worse than the live
 * one beside it: few have met it by then. Several monitors may do so, and come to the same.
 */
export class WatchCanaries {
  private readonly releases = new FollowReleases();

  async round(ctx: Context): Promise<void> {
    const ids = await listCanaries(ctx);
    this.releases.keepOnly(new Set(ids));
    for (const id of ids) await this.follow(ctx, id);
  }

  private async follow(ctx: Context, deploymentId: number): Promise<void> {
    const canary = await findCanary(ctx, await getDeployment(ctx, deploymentId));
    const followable = canary === null ? null : followableOf(canary);
    if (canary === null || followable === null) return;
    const looked = await this.releases.look(ctx, followable);
    if (looked === null) return;
    await noteCanaryOutcome(ctx, deploymentId, looked.outcome);
    const { answer, control, isNoticeable } = looked.outcome;
    // What was live before has its own weather; only beside each other both have the same.
    if (answer !== "worse" || control !== "controlled" || !isNoticeable) return;
    const reason = `Its canary was taken back: ${verdictSentence(looked.outcome, canary.live?.number ?? null)}`;
    try {
      await cancel({ ...ctx, actor: asVerdict }, { deploymentId, reason });
    } catch (error) {
      // Somebody was faster: with sending everything, or with cancelling.
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
