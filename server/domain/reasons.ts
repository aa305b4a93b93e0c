import { type DeploymentKind, keepsRelease } from "./deployment.ts";
import { type Hold, holdText } from "./holds.ts";
import { type Target, whyNoScale } from "./targets.ts";
import type { WorkerFit } from "./worker-fit.ts";

/** Why a deployment cannot start now, or what to know before it does: always a machine fact, in words. */
export interface Reason {
  weight: "stops" | "waits" | "warns";
  text: string;
  /** It stops no more once a person says why to deploy all the same. */
  mayOverride?: true;
  /** It stops it for a while only, and is over by itself: a hold. */
  endsByItself?: true;
}

export interface DeployFacts {
  kind: DeploymentKind;
  environmentName: string;
  /** Null where the settings could not be read; the text says why. */
  settingsProblem: string | null;
  liveReleaseNumber: number | null;
  /** How many commits the chosen one lies behind (> 0) the live one, if it is an ancestor of it. */
  commitsBehindLive: number;
  isLiveAlready: boolean;
  /** `isNewer`: the chosen commit is part of the history of its commit. */
  deploymentAhead: { id: number; kind: DeploymentKind; isNewer: boolean } | null;
  holds: readonly Hold[];
  /** Whether a person asks for it: a hold stops machines only. */
  isAskedByPerson: boolean;
  /** Older ones that wait and whose place this one takes. */
  superseded: readonly { id: number; sha: string }[];
  /** The release whose artifact was cleared away, so that its commit is built again. */
  clearedRelease: number | null;
  /** Where it runs. */
  target: Target;
  notYetActedOn: readonly string[];
  workerFit: WorkerFit;
  routersAlive: number;
}

/** Every reason that speaks for or against this deployment; the page and the API ask the same question. */
export function reasonsFor(facts: DeployFacts): Reason[] {
  const reasons: Reason[] = [];
  const add = (weight: Reason["weight"], text: string) => reasons.push({ weight, text });
  if (facts.settingsProblem !== null) add("stops", facts.settingsProblem);
  if (facts.kind === "switch-back" && facts.liveReleaseNumber === null) {
    add("stops", `Nothing is live in ${facts.environmentName} yet, so there is nothing to switch back from.`);
  }
  if (facts.kind === "scale" && facts.target === "script") add("stops", whyNoScale);
  for (const hold of facts.holds) {
    // Help never waits, whoever asks for it.
    const stops = !facts.isAskedByPerson && facts.kind !== "switch-back";
    const text = `${holdText(hold)} Machines deploy nothing until then; a person still can.`;
    if (stops) reasons.push({ weight: "stops", text, endsByItself: true });
    else add("warns", holdText(hold));
  }
  const { deploymentAhead: ahead } = facts;
  if (ahead !== null) {
    const makesWay = facts.kind === "switch-back" && ahead.kind !== "switch-back";
    if (makesWay)
      add("warns", `Deployment ${ahead.id} (${ahead.kind}) has not switched: it is cancelled for this.`);
    else add("waits", `Deployment ${ahead.id} (${ahead.kind}) goes first.`);
  }
  for (const { id, sha } of facts.superseded) {
    add("warns", `Deployment ${id} (${sha.slice(0, 7)}) waits: this newer one takes its place.`);
  }
  if (facts.workerFit.state !== "free") add("waits", facts.workerFit.text);
  if (facts.routersAlive === 0 && facts.target === "process")
    add("warns", "No router is alive, so nobody can reach the service.");
  if (facts.clearedRelease !== null) {
    add(
      "warns",
      `The artifact of #${facts.clearedRelease} was cleared away: its commit is built again. Should other files come ` +
        "out than before, the release says so.",
    );
  }
  for (const key of facts.notYetActedOn) {
    add("warns", `\`${key}\` is set, but this version of the portal does not act on it.`);
  }
  if (facts.isLiveAlready && !keepsRelease(facts.kind))
    add("warns", `This commit is already live in ${facts.environmentName}.`);
  for (const text of olderThan(facts)) {
    // Builds that end out of order must not undo what is newer; a person may mean it.
    if (facts.isAskedByPerson) add("warns", text);
    else add("stops", `${text} Machines never go back: a person can, or switches back.`);
  }
  return reasons;
}

/** What newer commit would be undone, in words. */
function olderThan({ kind, commitsBehindLive, environmentName, deploymentAhead }: DeployFacts): string[] {
  if (kind === "switch-back" || keepsRelease(kind)) return [];
  return [
    ...(commitsBehindLive > 0
      ? [`This commit is ${commitsBehindLive} older than what is live in ${environmentName}.`]
      : []),
    ...(deploymentAhead?.isNewer === true
      ? [`This commit is older than that of deployment ${deploymentAhead.id}, which goes first.`]
      : []),
  ];
}

/** The reason that stops it; one that a person cannot override before one that they can. */
export function stopOf(reasons: readonly Reason[]): Reason | null {
  const stops = reasons.filter((reason) => reason.weight === "stops");
  return stops.find((reason) => reason.mayOverride !== true) ?? stops[0] ?? null;
}

export function isStopped(reasons: readonly Reason[]): boolean {
  return reasons.some((reason) => reason.weight === "stops");
}
