import { and, eq, gt, sql } from "drizzle-orm";
import { mirrorCounts } from "#db/schema/mirror-counts.ts";
import { pointers } from "#db/schema/traffic.ts";
import { type Mirror, type MirrorCounts, mirroredMinutes, noCopies } from "#server/domain/mirror.ts";
import type { Context } from "#server/kernel/context.ts";

export interface RunningMirror extends Mirror {
  /** Of the last minutes. */
  copies: MirrorCounts;
}

/** What is mirrored from a service environment; null where nothing is. */
export async function readMirror(
  ctx: Pick<Context, "db">,
  serviceEnvironmentId: number,
): Promise<RunningMirror | null> {
  const [pointer] = await ctx.db
    .select({ mirror: pointers.mirror })
    .from(pointers)
    .where(eq(pointers.serviceEnvironmentId, serviceEnvironmentId));
  const mirror = pointer?.mirror ?? null;
  if (mirror === null) return null;
  const sum = (column: unknown) => sql<number>`coalesce(sum(${column}), 0)::int`;
  const [copies] = await ctx.db
    .select({
      answered: sum(mirrorCounts.answered),
      failed: sum(mirrorCounts.failed),
      leftOut: sum(mirrorCounts.leftOut),
    })
    .from(mirrorCounts)
    .where(
      and(
        eq(mirrorCounts.serviceEnvironmentId, serviceEnvironmentId),
        gt(mirrorCounts.beginsAt, sql`clock_timestamp() - ${mirroredMinutes} * interval '1 minute'`),
      ),
    );
  return { ...mirror, copies: copies ?? noCopies };
}
