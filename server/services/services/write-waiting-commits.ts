import { and, eq, sql } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Remembers how many commits of the default branch wait to go live, and between which two commits that was counted. */
export async function writeWaitingCommits(
  ctx: Context,
  input: {
    serviceEnvironmentId: number;
    commits: number;
    /** When the oldest was committed, and how many lines they change; null where that is not known. */
    since: Date | null;
    lines: number | null;
    liveSha: string;
    headSha: string;
  },
): Promise<void> {
  const { serviceEnvironmentId, commits, since, lines, liveSha, headSha } = input;
  const changed = await ctx.db
    .update(serviceEnvironments)
    .set({
      waitingCommits: commits,
      waitingSince: since,
      waitingLines: lines,
      waitingLiveSha: liveSha,
      waitingHeadSha: headSha,
    })
    .where(
      and(
        eq(serviceEnvironments.id, serviceEnvironmentId),
        sql`(${serviceEnvironments.waitingCommits}, ${serviceEnvironments.waitingLiveSha}, ${serviceEnvironments.waitingHeadSha})
          is distinct from (${commits}::int, ${liveSha}, ${headSha})`,
      ),
    )
    .returning({ id: serviceEnvironments.id });
  if (changed.length > 0) await notify(ctx, "service-environment", serviceEnvironmentId);
}
