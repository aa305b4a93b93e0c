import { type Context, inTransaction } from "#server/kernel/context.ts";
import { close } from "./close.ts";
import type { Lease } from "./lease.ts";

/** The cancelled deployment's processes have ended: now it is over. */
export function finishCancel(ctx: Context, lease: Lease): Promise<void> {
  return inTransaction(ctx, (tx) => close(tx, lease, { event: "finishCancel", step: null, reason: null }));
}
