import { and, inArray, isNotNull, isNull, type SQL, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import {
  type DeploymentEvent,
  type DeploymentStatus,
  isFinished,
  type Transition,
  transitions,
} from "#server/domain/deployment.ts";

/** Matches the rows of deployments that may meet the event: the table of transitions as a condition. */
export function allows(event: DeploymentEvent): SQL | undefined {
  const { from, hasSwitched, cancelRequested }: Transition = transitions[event];
  return and(
    inArray(deployments.status, [...from]),
    whether(deployments.switchedAt, hasSwitched),
    whether(deployments.cancelRequestedAt, cancelRequested),
  );
}

type Moment = typeof deployments.switchedAt | typeof deployments.cancelRequestedAt;

function whether(moment: Moment, isSet: boolean | undefined): SQL | undefined {
  if (isSet === undefined) return undefined;
  return isSet ? isNotNull(moment) : isNull(moment);
}

export interface Changes {
  status: DeploymentStatus;
  finishedAt?: SQL;
  switchedAt?: SQL;
  cancelRequestedAt?: SQL;
}

/** What the event itself changes in the row, by database time. */
export function changesOf(event: DeploymentEvent): Changes {
  const { to, marks }: Transition = transitions[event];
  const now = sql`clock_timestamp()`;
  return {
    status: to,
    ...(isFinished(to) ? { finishedAt: now } : {}),
    ...(marks === "hasSwitched" ? { switchedAt: now } : {}),
    ...(marks === "cancelRequested" ? { cancelRequestedAt: now } : {}),
  };
}
