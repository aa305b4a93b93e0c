/** What a deployment is made of: kinds, statuses, steps, and every transition in one table. */

export const deploymentKinds = [
  "deploy",
  "promote",
  "roll-forward",
  "switch-back",
  "restart",
  "scale",
  "configure",
] as const;
export type DeploymentKind = (typeof deploymentKinds)[number];

/** They ship again what is live when they run, in another number or with another configuration: no new commit. */
export const keepingKinds = ["restart", "scale", "configure"] as const satisfies readonly DeploymentKind[];
export type KeepingKind = (typeof keepingKinds)[number];

export function keepsRelease(kind: DeploymentKind): kind is KeepingKind {
  return (keepingKinds as readonly DeploymentKind[]).includes(kind);
}

/** Whether it is asked for by a commit, which it builds where that is no release yet. */
export function takesCommit(kind: DeploymentKind): boolean {
  return kind === "deploy" || kind === "roll-forward";
}

export const deploymentStatuses = ["queued", "running", "succeeded", "failed", "cancelled"] as const;
export type DeploymentStatus = (typeof deploymentStatuses)[number];

export const stepNames = [
  "checkout",
  "build",
  "test",
  "package",
  "migrate",
  "start",
  "verify",
  "switch",
  "drain",
] as const;
export type StepName = (typeof stepNames)[number];

export const stepStatuses = ["pending", "running", "succeeded", "failed", "skipped", "cancelled"] as const;
export type StepStatus = (typeof stepStatuses)[number];

/** What decides which events a deployment may meet. */
export interface DeploymentState {
  status: DeploymentStatus;
  hasSwitched: boolean;
  cancelRequested: boolean;
}

export interface Transition {
  from: readonly DeploymentStatus[];
  to: DeploymentStatus;
  /** Left out where it makes no difference. */
  hasSwitched?: boolean;
  cancelRequested?: boolean;
  /** The fact that it leaves behind, besides the status. */
  marks?: "hasSwitched" | "cancelRequested";
}

/** Each event with what it may meet and what it leads to: the verbs' conditions are made of these rows. */
export const transitions = {
  claim: { from: ["queued"], to: "running", cancelRequested: false },
  /** By a person, or in favour of a newer deployment or a switch-back. */
  cancelQueued: { from: ["queued"], to: "cancelled" },
  /** By a person or in favour of a switch-back: its worker ends its processes first. */
  requestCancel: {
    from: ["running"],
    to: "running",
    hasSwitched: false,
    cancelRequested: false,
    marks: "cancelRequested",
  },
  finishCancel: { from: ["running"], to: "cancelled", hasSwitched: false, cancelRequested: true },
  /** Its release is given a share of the traffic, which can be taken from it again. */
  canary: { from: ["running"], to: "running", hasSwitched: false, cancelRequested: false },
  switch: {
    from: ["running"],
    to: "running",
    hasSwitched: false,
    cancelRequested: false,
    marks: "hasSwitched",
  },
  succeed: { from: ["running"], to: "succeeded", hasSwitched: true },
  fail: { from: ["running"], to: "failed", hasSwitched: false },
  /** The worker that ran it is gone: it starts again from its first repeatable step. */
  requeue: { from: ["running"], to: "queued", hasSwitched: false, cancelRequested: false },
} as const satisfies Record<string, Transition>;
export type DeploymentEvent = keyof typeof transitions;

export function mayHappen(event: DeploymentEvent, state: DeploymentState): boolean {
  const { from, hasSwitched, cancelRequested }: Transition = transitions[event];
  return (
    from.includes(state.status) &&
    (hasSwitched ?? state.hasSwitched) === state.hasSwitched &&
    (cancelRequested ?? state.cancelRequested) === state.cancelRequested
  );
}

/** The state that the event leads to. */
export function stateAfter(event: DeploymentEvent, state: DeploymentState): DeploymentState {
  const { to, marks }: Transition = transitions[event];
  return { ...state, status: to, ...(marks === undefined ? {} : { [marks]: true }) };
}

export function isFinished(status: DeploymentStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

interface Moments {
  status: DeploymentStatus;
  switchedAt: Date | null;
  cancelRequestedAt: Date | null;
}

function stateOf({ status, switchedAt, cancelRequestedAt }: Moments): DeploymentState {
  return { status, hasSwitched: switchedAt !== null, cancelRequested: cancelRequestedAt !== null };
}

/** What a person may do with a deployment in this state; the reason is shown where they may not. */
export function cancelRefusal(deployment: Moments): string | null {
  const { status } = deployment;
  const state = stateOf(deployment);
  if (mayHappen("cancelQueued", state) || mayHappen("requestCancel", state)) return null;
  if (isFinished(status)) return "This deployment is over.";
  if (state.hasSwitched) return "Traffic has already switched. Switch back to the release before it instead.";
  return "It is already being cancelled.";
}

/** Why a person may not change its canary: how much it takes, and for how long. */
export function canaryRefusal(deployment: Moments & { canaryEndsAt: Date | null }): string | null {
  const { status, canaryEndsAt } = deployment;
  const state = stateOf(deployment);
  if (canaryEndsAt === null) return "It has no canary.";
  if (mayHappen("canary", state)) return null;
  return isFinished(status) || state.hasSwitched ? "Its canary is over." : "It is being cancelled.";
}

/** How a deployment goes on whose worker cannot go on with it. */
export type WayOn =
  | { event: "succeed" | "finishCancel" | "requeue" }
  | { event: "fail"; why: "migration" | "deploy-command" | "attempts" };

export interface InterruptedState extends Omit<DeploymentState, "status"> {
  /** How often it has been claimed. */
  attempts: number;
  /** Nobody knows what became of its worker: its lease ran out. */
  isLost: boolean;
  migrate: { status: StepStatus; isRepeatable: boolean };
  /** Repeatable wherever the portal starts what it can end itself. */
  start: { status: StepStatus; isRepeatable: boolean };
}

/** A build may take its own worker down: again and again it would hold up everything else on that machine. */
const mostLostAttempts = 3;
/** Orderly stops and a database that is away are no fault of the deployment, but what never ends is no use either. */
const mostAttempts = 10;

/**
 * Finished where traffic has switched, cancelled where that was asked for, failed where a command may not run twice or
 * too many attempts were lost, else queued again.
 */
export function wayOn(interrupted: InterruptedState): WayOn {
  const { attempts, isLost, migrate, start } = interrupted;
  if (interrupted.hasSwitched) return { event: "succeed" };
  if (interrupted.cancelRequested) return { event: "finishCancel" };
  if (migrate.status === "running" && !migrate.isRepeatable) return { event: "fail", why: "migration" };
  if (start.status === "running" && !start.isRepeatable) return { event: "fail", why: "deploy-command" };
  if (attempts >= (isLost ? mostLostAttempts : mostAttempts)) return { event: "fail", why: "attempts" };
  return { event: "requeue" };
}
