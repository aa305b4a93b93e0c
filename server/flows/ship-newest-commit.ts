import { shortSha } from "#server/domain/act-labels.ts";
import {
  type AutomationStep,
  automaticDeployment,
  decideCommit,
  worseNote,
} from "#server/domain/automation.ts";
import type { Context } from "#server/kernel/context.ts";
import { findLastOfCommit } from "#server/services/deployments/find-last-of-commit.ts";
import { wasFoundWorse } from "#server/services/health/find-worse.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { findBranch } from "#server/services/pipeline/find-branch.ts";
import { includedIn } from "#server/services/pipeline/included-in.ts";
import type { ServicePlace } from "#server/services/services/list-services.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { actOnLook, bySystem, type Look } from "./ask-by-itself.ts";
import type { Installation } from "./installation.ts";
import { newestOwnCommit } from "./newest-own-commit.ts";

/** Asks for the newest commit of the branch that a service environment follows, by the mirror as it stands. */
export async function shipNewestCommit(
  ctx: Context,
  place: ServicePlace,
  mirror: Mirror,
  installation: Installation,
): Promise<void> {
  const { branch, pausedAt } = place.automation;
  if (branch === null || pausedAt !== null) return;
  const asItself = bySystem(ctx, automaticDeployment);
  await actOnLook(asItself, place, () => look(asItself, { place, branch, mirror }), installation);
}

async function look(
  ctx: Context,
  { place, branch, mirror }: { place: ServicePlace; branch: string; mirror: Mirror },
): Promise<Look | AutomationStep> {
  const { serviceEnvironmentId, serviceSlug, environmentSlug } = place;
  // Null where the branch is gone.
  const head = await findBranch(mirror, branch);
  const sha = head === null ? null : await newestOwnCommit(mirror, head, place);
  if (sha === null) return decideCommit({ branch, sha, isLive: false, isInLive: false, tried: null });
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId);
  if (live !== undefined && (await wasFoundWorse(ctx, { serviceEnvironmentId, releaseId: live.id }))) {
    return worseNote(live.number);
  }
  const isKnown = live !== undefined && (await hasCommit(mirror, live.sha));
  const step = decideCommit({
    branch,
    sha,
    isLive: live?.sha === sha,
    isInLive: isKnown && (await includedIn(mirror, [sha], live.sha)).has(sha),
    tried: await findLastOfCommit(ctx, { serviceEnvironmentId, sha }),
  });
  const wish = { serviceSlug, environmentSlug, kind: "deploy", sha } as const;
  return { step, wish, name: shortSha(sha) };
}
