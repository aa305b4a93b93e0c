import { and, eq, isNull, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { SwitchCounts } from "#server/domain/switch-counts.ts";
import { switchCountedAfterMs } from "#server/domain/switch-counts.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Later ones were not looked at while it could be said: nobody needs them any more. */
const lookedAtForMinutes = 10;

/** Switches around which everything has been counted by now, and nobody has said what. */
export async function listUncountedSwitches(
  ctx: Pick<Context, "db">,
): Promise<{ id: number; serviceEnvironmentId: number; switchedAt: Date }[]> {
  const { id, serviceEnvironmentId, switchedAt } = deployments;
  const rows = await ctx.db
    .select({ id, serviceEnvironmentId, switchedAt })
    .from(deployments)
    .where(
      sql`${switchedAt} between clock_timestamp() - ${lookedAtForMinutes} * interval '1 minute'
        and clock_timestamp() - ${switchCountedAfterMs} * interval '1 millisecond' and switch_counts is null`,
    );
  return rows.flatMap(({ switchedAt, ...rest }) => (switchedAt === null ? [] : { ...rest, switchedAt }));
}

export async function noteSwitchCounts(ctx: Context, id: number, switchCounts: SwitchCounts): Promise<void> {
  const noted = await ctx.db
    .update(deployments)
    .set({ switchCounts })
    .where(and(eq(deployments.id, id), isNull(deployments.switchCounts)))
    .returning({ id: deployments.id });
  if (noted.length > 0) await notify(ctx, "deployment", id);
}
