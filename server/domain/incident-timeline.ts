import type { DeploymentKind } from "./deployment.ts";
import type { IncidentEventView, NearbyDeployment } from "./incident-views.ts";
import { eventWords } from "./write-up.ts";

/** A line of the timeline, written by the portal or by a person. */
export interface TimelineLine {
  /** ISO 8601. */
  at: string;
  words: string;
  text: string;
  /** Whoever helps or writes; nobody stands beside a deployment. */
  byName: string | null;
  deploymentId: number | null;
}

/** What was said and what deployments did, in order. */
export function timelineOf(
  events: readonly IncidentEventView[],
  deployments: readonly NearbyDeployment[],
): TimelineLine[] {
  const said = events.map(({ kind, happenedAt, byName, text }) => ({
    ...{ at: happenedAt, words: kind === "looking" ? "Looking" : eventWords[kind], text, byName },
    deploymentId: null,
  }));
  return [...deployments.flatMap(linesOf), ...said].sort(
    (one, other) => Date.parse(one.at) - Date.parse(other.at),
  );
}

const kindWords: Record<DeploymentKind, string> = {
  deploy: "Deploy",
  promote: "Promote",
  "roll-forward": "Roll forward",
  "switch-back": "Switch back",
  restart: "Restart",
  scale: "Scale",
  configure: "Configuration",
};

function linesOf(deployment: NearbyDeployment): TimelineLine[] {
  const { id, kind, status, releaseNumber, requestedAt, switchedAt, finishedAt, isAttempt } = deployment;
  const name = releaseNumber === null ? `deployment ${id}` : `#${releaseNumber}`;
  const line = (at: string, words: string, text = "") => ({
    at,
    words,
    text,
    byName: null,
    deploymentId: id,
  });
  return [
    line(requestedAt, `${kindWords[kind]} asked for`, isAttempt ? "It is to end this incident." : ""),
    ...(switchedAt === null ? [] : [line(switchedAt, `${name} takes the traffic`)]),
    ...(status === "failed" && switchedAt === null && finishedAt !== null
      ? [line(finishedAt, `${kindWords[kind]} failed`, "Traffic stayed where it was.")]
      : []),
  ];
}
