import { pointers } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Gives a new service environment its pointer: generation 0, nothing live. */
export async function openPointer(ctx: Context, input: { serviceEnvironmentId: number }): Promise<void> {
  await ctx.db.insert(pointers).values({ serviceEnvironmentId: input.serviceEnvironmentId });
  await notify(ctx, "route", input.serviceEnvironmentId);
}
