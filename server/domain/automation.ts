import { z } from "zod";
import { shortSha } from "./act-labels.ts";
import { unmetOf } from "./condition-override.ts";
import type { CheckedCondition } from "./conditions.ts";
import type { DeploymentStatus } from "./deployment.ts";
import type { Moment } from "./read-models.ts";
import { type Reason, stopOf } from "./reasons.ts";

/** What a service environment deploys by itself, and every decision about it: pure, in words that its page shows. */

/** Where what is live was found worse, machines put nothing more on top: a person ships what mends it, or goes back. */
export function worseNote(number: number): AutomationStep {
  return note(
    `#${number}, which is live, was found worse than what was before: the next one goes by a person.`,
  );
}

/** Where it does worse one environment before, it goes no further by itself. */
export function notPromoted(number: number, nameBefore: string): AutomationStep {
  return note(`#${number} is not promoted: it does worse in ${nameBefore} than what was before.`);
}

/** At most one of the two ways is set. */
export interface Automation {
  /** Each new commit of this branch is deployed. */
  branch: string | null;
  /** What has been good for so long in the environment before is promoted. */
  promotesAfterMinutes: number | null;
  pausedAt: Moment | null;
  pausedReason: string | null;
  /** What came of the last look, in words. */
  note: string | null;
}

/** Who asks for what is deployed by itself. */
export const automaticDeployment = "Automatic deployment";
export const continuousDelivery = "Continuous delivery";

const longestSoakMinutes = 7 * 24 * 60;
export const soakMinutesSchema = z
  .int("Say it in whole minutes.")
  .min(1, "At least 1 minute: something must be seen of it.")
  .max(longestSoakMinutes, `At most ${longestSoakMinutes.toLocaleString("en")} minutes, which is 7 days.`);

/** `each commit of main`, `what has been good in Staging for 30 min`; null where nothing is set. */
export function automationTitle(automation: Automation, nameBefore: string | null): string | null {
  const { branch, promotesAfterMinutes } = automation;
  if (branch !== null) return `each commit of ${branch}`;
  if (promotesAfterMinutes === null) return null;
  return `what has been good in ${nameBefore ?? "the environment before"} for ${promotesAfterMinutes} min`;
}

export type AutomationStep = { ask: true } | { ask: false; note: string };
const note = (text: string): AutomationStep => ({ ask: false, note: text });

/** The last deployment of a commit in this service environment, whatever came of it. */
export type Tried = { status: DeploymentStatus } | null;

export interface CommitFacts {
  branch: string;
  /** The newest commit of the branch that counts for the service; null where there is none. */
  sha: string | null;
  isLive: boolean;
  /** What is live has it in its history. */
  isInLive: boolean;
  tried: Tried;
}

/** Whether the newest commit of a branch is asked for now. */
export function decideCommit({ branch, sha, isLive, isInLive, tried }: CommitFacts): AutomationStep {
  if (sha === null) return note(`The repository has no commit for it on ${branch}.`);
  const name = shortSha(sha);
  if (isLive) return note(`${name}, the newest, is live.`);
  if (isInLive) return note(`What is live is newer than ${name}, the newest of ${branch}.`);
  return decideTried(name, tried) ?? { ask: true };
}

export interface PromotionFacts {
  nameBefore: string;
  minutesWanted: number;
  /** What is live in the environment before; null where nothing is. */
  candidate: {
    number: number;
    /** The deployment that brought it there. */
    status: DeploymentStatus;
    /** Every instance answered and its smoke passed. */
    hasVerified: boolean;
    goodForMinutes: number;
    /** What is known against it, in sentences. */
    against: readonly string[];
  } | null;
  /** What is live here; null where nothing is. */
  liveNumber: number | null;
  tried: Tried;
}

/** Whether what is live in the environment before is promoted now. */
export function decidePromotion(facts: PromotionFacts): AutomationStep {
  const { nameBefore, minutesWanted, candidate, liveNumber, tried } = facts;
  if (candidate === null) return note(`Nothing is live in ${nameBefore} yet.`);
  const name = `#${candidate.number}`;
  if (liveNumber === candidate.number)
    return note(`${name}, which is live in ${nameBefore}, is live here too.`);
  if (liveNumber !== null && liveNumber > candidate.number) {
    return note(`${name} is older than #${liveNumber}, which is live here. Machines never go back.`);
  }
  const known = decideTried(name, tried);
  if (known !== null) return known;
  const { status, hasVerified, against, goodForMinutes } = candidate;
  if (status === "failed") return note(`${name} is not promoted: its deployment to ${nameBefore} failed.`);
  if (!hasVerified) return note(`${name} is not promoted: it was not verified in ${nameBefore}.`);
  if (against.length > 0) return note(`${name} is not promoted: ${against.join(" ")}`);
  // What its old pool still drains is settled by then, else it is waited for.
  if (status === "succeeded" && goodForMinutes >= minutesWanted) return { ask: true };
  const minutes = Math.min(Math.floor(goodForMinutes), minutesWanted);
  return note(`${name} has been good in ${nameBefore} for ${minutes} of ${minutesWanted} min.`);
}

/** A machine asks once for a commit, so that it never brings back what failed or was switched away from. */
function decideTried(name: string, tried: Tried): AutomationStep | null {
  if (tried === null) return null;
  const words: Record<DeploymentStatus, string> = {
    queued: `${name} is on its way.`,
    running: `${name} is on its way.`,
    succeeded: `${name} was live here before. The next one goes by itself; this one only by a person.`,
    failed: `${name} failed here. The next one goes by itself; this one only by a person.`,
    cancelled: `${name} was cancelled here. The next one goes by itself; this one only by a person.`,
  };
  return note(words[tried.status]);
}

/** What a stopped plan waits for, in words; null where nothing stops it. */
export function stoppedNote(
  name: string,
  { reasons, checked }: { reasons: readonly Reason[]; checked: readonly CheckedCondition[] },
): string | null {
  const stop = stopOf(reasons);
  if (stop === null) return null;
  const others = reasons.filter(({ weight, endsByItself }) => weight === "stops" && endsByItself !== true);
  const hold = reasons.find(({ endsByItself }) => endsByItself === true);
  if (others.length === 0 && hold !== undefined) return `${name} waits: ${hold.text}`;
  const unmet = unmetOf(checked);
  if (unmet.length > 0 && unmet.length === others.length) {
    return `${name} waits: ${unmet.map(({ detail }) => detail).join(" ")}`;
  }
  return `${name} is not deployed: ${stop.text}`;
}

/** Said where a switch-back pauses what would deploy by itself. */
export function switchedBackReason(releaseNumber: number | null): string {
  const to = releaseNumber === null ? "" : ` to #${releaseNumber}`;
  return `Switched back${to}; automatic deployments wait until somebody resumes them.`;
}
