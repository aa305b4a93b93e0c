import type { StepName } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Lease } from "./lease.ts";
import { writeStep } from "./write-step.ts";

/** The step runs from now on, by database time. Throws LeaseLostError where the lease is gone. */
export function startStep(ctx: Context, lease: Lease, name: StepName): Promise<void> {
  return writeStep(ctx, lease, name, { status: "running", detail: null });
}
