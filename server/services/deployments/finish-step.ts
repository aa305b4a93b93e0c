import type { StepName, StepStatus } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Lease } from "./lease.ts";
import { writeStep } from "./write-step.ts";

export interface StepEnd {
  name: StepName;
  status: Extract<StepStatus, "succeeded" | "failed" | "skipped" | "cancelled">;
  /** What it did, or why it failed or was skipped. */
  detail: string | null;
}

/** The step ended now, by database time. Throws LeaseLostError where the lease is gone. */
export function finishStep(ctx: Context, lease: Lease, end: StepEnd): Promise<void> {
  return writeStep(ctx, lease, end.name, { status: end.status, detail: end.detail });
}
