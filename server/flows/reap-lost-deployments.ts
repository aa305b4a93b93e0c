import type { Context } from "#server/kernel/context.ts";
import { LeaseLostError } from "#server/services/deployments/lease.ts";
import { listLost } from "#server/services/deployments/list-interrupted.ts";
import { settleInterrupted } from "./settle-interrupted.ts";

/** Settles every deployment whose lease is over. Safe to call from several processes; resolves with how many it was. */
export async function reapLostDeployments(ctx: Context): Promise<number> {
  let settled = 0;
  for (const lost of await listLost(ctx)) {
    try {
      await settleInterrupted(ctx, lost);
      settled += 1;
    } catch (error) {
      // Another reaper was faster, or the worker came back just in time.
      if (!(error instanceof LeaseLostError)) throw error;
    }
  }
  return settled;
}
