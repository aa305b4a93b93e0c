import { and, desc, eq, gt, isNull, or } from "drizzle-orm";
import { apiTokens, users } from "#db/schema/identity.ts";
import { type TokenRow, tokenState } from "#server/domain/token.ts";
import { type Context, demandPerson } from "#server/kernel/context.ts";
import { shutOutSince } from "./find-user.ts";
import { manageableBy } from "./manageable-token.ts";

/** What has ended stays in the list for a month: long enough to understand why a machine was refused. */
const keepEndedMs = 30 * 24 * 3_600_000;
const mostTokens = 1_000;

/** One's own tokens; all of them for an administrator. Newest first. */
export async function listTokens(ctx: Context): Promise<TokenRow[]> {
  const person = demandPerson(ctx, "manageTokens");
  const endedAfter = new Date(ctx.now().getTime() - keepEndedMs);
  const rows = await ctx.db
    .select({ token: apiTokens, maker: users })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.createdBy))
    .where(
      and(
        manageableBy(person),
        gt(apiTokens.expiresAt, endedAfter),
        or(isNull(apiTokens.revokedAt), gt(apiTokens.revokedAt, endedAfter)),
      ),
    )
    .orderBy(desc(apiTokens.id))
    .limit(mostTokens);
  return rows.map(({ token, maker }) => ({
    id: token.id,
    name: token.name,
    start: token.start,
    permissions: token.permissions,
    services: token.services,
    madeBy: maker.name,
    isMine: maker.id === person.id,
    createdAt: token.createdAt.toISOString(),
    expiresAt: token.expiresAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    lastUsedAddress: token.lastUsedAddress,
    state: tokenState({ ...token, makerLeftAt: shutOutSince(maker) }, ctx.now()),
  }));
}
