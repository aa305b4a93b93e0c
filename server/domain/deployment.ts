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

/** Each event with the statuses it may leave from and the one it leads to. */
export const transitions = {
  claim: { from: ["queued"], to: "running" },
  succeed: { from: ["running"], to: "succeeded" },
  fail: { from: ["running"], to: "failed" },
  cancelQueued: { from: ["queued"], to: "cancelled" },
  finishCancel: { from: ["running"], to: "cancelled" },
  /** The worker that ran it is gone: it starts again from its first repeatable step. */
  requeue: { from: ["running"], to: "queued" },
} as const satisfies Record<string, { from: readonly DeploymentStatus[]; to: DeploymentStatus }>;

export function isFinished(status: DeploymentStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/** What a person may do with a deployment in this state; the reason is shown where they may not. */
export function cancelRefusal(deployment: {
  status: DeploymentStatus;
  switchedAt: Date | null;
  cancelRequestedAt: Date | null;
}): string | null {
  if (isFinished(deployment.status)) return "This deployment is over.";
  if (deployment.switchedAt !== null) {
    return "Traffic has already switched. Switch back to the release before it instead.";
  }
  if (deployment.cancelRequestedAt !== null) return "It is already being cancelled.";
  return null;
}
