import { countedAroundSwitchMs } from "#server/domain/switch-counts.ts";
import type { Context } from "#server/kernel/context.ts";
import { listUncountedSwitches, noteSwitchCounts } from "#server/services/deployments/note-switch-counts.ts";
import { sumCounts } from "#server/services/telemetry/sum-counts.ts";

/** Writes down with each deployment what routers counted around its switch, once that is complete. */
export async function countSwitches(ctx: Context): Promise<void> {
  for (const { id, serviceEnvironmentId, switchedAt } of await listUncountedSwitches(ctx)) {
    const at = switchedAt.getTime();
    const from = new Date(at - countedAroundSwitchMs);
    const to = new Date(at + countedAroundSwitchMs);
    await noteSwitchCounts(ctx, id, await sumCounts(ctx, { serviceEnvironmentId, from, to }));
  }
}
