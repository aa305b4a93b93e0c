import { eq } from "drizzle-orm";
import { apiTokens, users } from "#db/schema/identity.ts";
import { isAllowed } from "#server/domain/permissions.ts";
import { isUsable, tokenState } from "#server/domain/token.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import { shutOutSince } from "./find-user.ts";
import { hashToken } from "./hash-token.ts";
import { isTokenText } from "./token-text.ts";

export interface FoundToken {
  actor: Extract<Actor, { kind: "token" }>;
  expiresAt: Date;
  lastUsedAt: Date | null;
}

/**
 * Whose token this is, as its row says at this moment; null where it is none, expired or revoked, or its maker left or lost their groups.
 * It can do no more than its maker may do now.
 */
export async function findToken(
  ctx: Context,
  input: { text: string; address: string | undefined },
): Promise<FoundToken | null> {
  if (!isTokenText(input.text)) return null;
  const [row] = await ctx.db
    .select({ token: apiTokens, maker: users })
    .from(apiTokens)
    .innerJoin(users, eq(users.id, apiTokens.createdBy))
    .where(eq(apiTokens.tokenHash, hashToken(input.text)));
  if (row === undefined) return null;
  const { token, maker } = row;
  if (!isUsable(tokenState({ ...token, makerLeftAt: shutOutSince(maker) }, ctx.now()))) return null;
  const { id, name, services, expiresAt, lastUsedAt } = token;
  const permissions = token.permissions.filter((permission) => isAllowed(maker.role, permission));
  return {
    actor: { kind: "token", id, name, permissions, services, address: input.address },
    expiresAt,
    lastUsedAt,
  };
}
