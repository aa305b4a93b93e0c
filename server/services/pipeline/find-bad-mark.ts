import { eq } from "drizzle-orm";
import { badReleases } from "#db/schema/releases.ts";
import type { Context } from "#server/kernel/context.ts";

/** Why a release is known bad, in the words of whoever said so; null where nobody did. */
export async function findBadMark(ctx: Context, releaseId: number): Promise<string | null> {
  const [mark] = await ctx.db
    .select({ reason: badReleases.reason })
    .from(badReleases)
    .where(eq(badReleases.releaseId, releaseId));
  return mark?.reason ?? null;
}
