import type { StepName } from "#server/domain/deployment.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { close } from "./close.ts";
import type { Lease } from "./lease.ts";

/** Ends a deployment that did not work. `reason` says what happened and what to do; what was not changed the rows say. */
export function fail(ctx: Context, lease: Lease, failure: { step: StepName; reason: string }): Promise<void> {
  return inTransaction(ctx, (tx) => close(tx, lease, { event: "fail", ...failure }));
}
