import { and, eq, isNull, sql } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Remembers what came of a look, in words, where it is not paused meanwhile. */
export async function noteAutomation(
  ctx: Context,
  input: { serviceEnvironmentId: number; note: string },
): Promise<void> {
  const changed = await ctx.db
    .update(serviceEnvironments)
    .set({ automationNote: input.note })
    .where(
      and(
        eq(serviceEnvironments.id, input.serviceEnvironmentId),
        isNull(serviceEnvironments.automationPausedAt),
        sql`${serviceEnvironments.automationNote} is distinct from ${input.note}`,
      ),
    )
    .returning({ id: serviceEnvironments.id });
  if (changed.length > 0) await notify(ctx, "service-environment", input.serviceEnvironmentId);
}
