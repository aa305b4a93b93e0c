import { and, desc, eq, isNotNull } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { Context } from "#server/kernel/context.ts";

/** One that waited for its time may switch after others that were asked for later, though not after many. */
const looksBack = 50;

/** The id of the configuration with which this release was live here last; null where that was none. */
export async function findFormerConfiguration(
  ctx: Context,
  input: { serviceEnvironmentId: number; releaseId: number },
): Promise<number | null> {
  const latest = ctx.db
    .select({ configurationId: deployments.configurationId, switchedAt: deployments.switchedAt })
    .from(deployments)
    .where(
      and(
        eq(deployments.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(deployments.releaseId, input.releaseId),
        isNotNull(deployments.switchedAt),
      ),
    )
    .orderBy(desc(deployments.id))
    .limit(looksBack)
    .as("latest");
  const [row] = await ctx.db.select().from(latest).orderBy(desc(latest.switchedAt)).limit(1);
  return row?.configurationId ?? null;
}
