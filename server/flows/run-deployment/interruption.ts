export type InterruptionReason = "cancelled" | "lease-lost" | "worker-stops" | "label-missing";

/** Why a run has to stop although nothing failed: the reason with which its signal aborts. */
export class Interruption extends Error {
  override name = "Interruption";
  readonly reason: InterruptionReason;
  constructor(reason: InterruptionReason) {
    super(messages[reason]);
    this.reason = reason;
  }
}

const messages = {
  cancelled: "Cancelled.",
  "lease-lost": "This worker lost its hold on the deployment.",
  "worker-stops": "The worker is stopping.",
  "label-missing":
    "The pool is warm no more, and what is to be started asks for a label that this worker lacks.",
};
