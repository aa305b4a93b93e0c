/** Why a run has to stop although nothing failed: the reason with which its signal aborts. */
export class Interruption extends Error {
  override name = "Interruption";
  readonly reason: "cancelled" | "lease-lost" | "worker-stops";
  constructor(reason: "cancelled" | "lease-lost" | "worker-stops") {
    super(messages[reason]);
    this.reason = reason;
  }
}

const messages = {
  cancelled: "Cancelled.",
  "lease-lost": "This worker lost its hold on the deployment.",
  "worker-stops": "The worker is stopping.",
};
