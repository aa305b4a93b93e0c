import { type AutomationStep, stoppedNote } from "#server/domain/automation.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, messageOf, UserError } from "#server/kernel/errors.ts";
import { findLastOfCommit } from "#server/services/deployments/find-last-of-commit.ts";
import { holdAutomation } from "#server/services/services/hold-automation.ts";
import type { ServicePlace } from "#server/services/services/list-services.ts";
import { noteAutomation } from "#server/services/services/note-automation.ts";
import type { Wish } from "./find-deployment-target.ts";
import type { Installation } from "./installation.ts";
import { planDeployment } from "./plan-deployment.ts";
import { requestDeployment } from "./request-deployment.ts";

/** One look at what a service environment deploys by itself. */
export interface Look {
  step: AutomationStep;
  /** What would be asked for, and how the note names it: `3f2a91c`, `#43`. */
  wish: Wish & { sha: string };
  name: string;
}

/** Whoever made it look, what comes of it is the machine's doing; where a click came from is kept. */
export function bySystem(ctx: Context, name: string): Context {
  return { ...ctx, actor: { kind: "system", name, address: ctx.actor.address } };
}

/**
 * Takes a look and does what it leads to: asks, or remembers in words why not. Safe to be run by several processes at
 * once, and never throws for what a user could mend: that becomes the note.
 */
export async function actOnLook(
  ctx: Context,
  place: ServicePlace,
  look: () => Promise<Look | AutomationStep>,
  installation: Installation,
): Promise<void> {
  const { serviceEnvironmentId } = place;
  try {
    const note = await act(ctx, place, await look(), installation);
    await noteAutomation(ctx, { serviceEnvironmentId, note });
  } catch (error) {
    // Somebody was faster, paused it or changed what is asked for: the next look sees what is so then.
    if (error instanceof ConflictError) return;
    if (!(error instanceof UserError)) throw error;
    await noteAutomation(ctx, { serviceEnvironmentId, note: messageOf(error) });
  }
}

async function act(
  ctx: Context,
  place: ServicePlace,
  looked: Look | AutomationStep,
  installation: Installation,
): Promise<string> {
  const step = "step" in looked ? looked.step : looked;
  if (!step.ask) return step.note;
  if (!("step" in looked)) throw new Error("There is nothing to ask for.");
  const { wish, name } = looked;
  const plan = await planDeployment(ctx, wish, installation);
  const checked = plan.conditions?.checked ?? [];
  const stopped = stoppedNote(name, { reasons: plan.reasons, checked });
  if (stopped !== null) return stopped;
  await requestDeployment(ctx, wish, installation, (tx) => demandStillWanted(tx, place, wish.sha));
  return `${name} is on its way.`;
}

/** In the transaction of the request: nobody paused or changed it meanwhile, nor asked for this commit. */
async function demandStillWanted(tx: Context, place: ServicePlace, sha: string): Promise<void> {
  const { serviceEnvironmentId, automation: seen } = place;
  const { pausedAt, branch, promotesAfterMinutes } = await holdAutomation(tx, serviceEnvironmentId);
  const isAsSeen = branch === seen.branch && promotesAfterMinutes === seen.promotesAfterMinutes;
  if (pausedAt !== null || !isAsSeen) throw new ConflictError("What is deployed by itself has changed.");
  if ((await findLastOfCommit(tx, { serviceEnvironmentId, sha })) !== null) {
    throw new ConflictError("This commit was asked for already.");
  }
}
