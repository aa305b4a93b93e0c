import { and, eq, isNull, lt, or } from "drizzle-orm";
import { apiTokens } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";
import type { FoundToken } from "./find-token.ts";

const atMostEveryMs = 60_000;

/** Writes when and from where a token was used, at most once a minute: a busy machine costs one write, not thousands. */
export async function noteTokenUse(ctx: Context, found: FoundToken): Promise<void> {
  const now = ctx.now();
  const before = new Date(now.getTime() - atMostEveryMs);
  if (found.lastUsedAt !== null && found.lastUsedAt > before) return;
  await ctx.db
    .update(apiTokens)
    .set({ lastUsedAt: now, lastUsedAddress: found.actor.address ?? null })
    .where(
      and(
        eq(apiTokens.id, found.actor.id),
        or(isNull(apiTokens.lastUsedAt), lt(apiTokens.lastUsedAt, before)),
      ),
    );
}
