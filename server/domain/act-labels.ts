import type { DeploymentKind } from "./deployment.ts";
import { formatDurationMs } from "./durations.ts";

/** The words on buttons: the act and its object, the same on every page. */

export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}

/** `Deploy 3f2a91c to staging`, `Promote #43 to production`, `Switch production back to #41`, `Roll production forward to 3f2a91c`. */
export function actLabel(
  kind: DeploymentKind,
  what: { sha: string; releaseNumber: number | null; environmentSlug: string },
): string {
  const name = what.releaseNumber === null ? shortSha(what.sha) : `#${what.releaseNumber}`;
  if (kind === "promote") return `Promote ${name} to ${what.environmentSlug}`;
  if (kind === "switch-back") return `Switch ${what.environmentSlug} back to ${name}`;
  if (kind === "restart") return `Restart ${name} in ${what.environmentSlug}`;
  if (kind === "scale") return `Scale ${what.environmentSlug}`;
  if (kind === "configure") return `Deploy this configuration to ${what.environmentSlug}`;
  if (kind === "roll-forward") return `Roll ${what.environmentSlug} forward to ${shortSha(what.sha)}`;
  return `Deploy ${shortSha(what.sha)} to ${what.environmentSlug}`;
}

/** `Cancel the promote to production`, `Cancel the restart of production`. */
export function cancelLabel(kind: DeploymentKind, environmentSlug: string): string {
  const acts: Partial<Record<DeploymentKind, string>> = {
    restart: "the restart",
    scale: "the change of the number of instances",
    configure: "the change of the configuration",
  };
  const act = acts[kind];
  return act === undefined
    ? `Cancel the ${kind} to ${environmentSlug}`
    : `Cancel ${act} of ${environmentSlug}`;
}

/** How fast a switch-back is, said beforehand. `startMs` is how long starts took lately, null where unknown. */
export function switchBackReadiness(target: {
  releaseNumber: number | null;
  isWarm: boolean;
  startMs: number | null;
  /** Where a command of that release goes back: how long the last ones took, from asking to the end. */
  byCommand: { p90Ms: number | null; sampleCount: number } | null;
}): string {
  if (target.releaseNumber === null) return "No release went live before this one.";
  const name = `#${target.releaseNumber}`;
  if (target.byCommand !== null) return commandReadiness(name, target.byCommand);
  if (target.isWarm) return `${name} is warm: back in under 1 s.`;
  if (target.startMs === null) return `${name} has to start first; how long that takes is not known yet.`;
  return `${name} has to start first: back in about ${formatDurationMs(target.startMs)}.`;
}

function commandReadiness(name: string, last: { p90Ms: number | null; sampleCount: number }): string {
  const how = `A command goes back to ${name}`;
  if (last.p90Ms === null) return `${how}; how long that takes is not known yet.`;
  const [runs, took] =
    last.sampleCount === 1
      ? ["the last one", "took"]
      : [`of the last ${last.sampleCount}, 9 in 10`, "took at most"];
  return `${how}: ${runs} ${took} ${formatDurationMs(last.p90Ms)}.`;
}
