import { eq } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import type { Moment } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { listIdentities } from "./list-identities.ts";

export interface AccountView {
  hasPassword: boolean;
  /** Whether the health reviews of what they deploy come by mail. */
  mailsReviews: boolean;
  identities: { id: number; issuer: string; connectedAt: Moment }[];
}

/** The ways in that a user has, for themselves. */
export async function readAccount(ctx: Context, userId: number): Promise<AccountView> {
  const [user] = await ctx.db
    .select({ passwordHash: users.passwordHash, mailsReviews: users.mailsReviews })
    .from(users)
    .where(eq(users.id, userId));
  const identities = await listIdentities(ctx, userId);
  return {
    mailsReviews: user?.mailsReviews ?? false,
    hasPassword: (user?.passwordHash ?? null) !== null,
    identities: identities.map(({ id, issuer, createdAt }) => ({
      id,
      issuer,
      connectedAt: createdAt.toISOString(),
    })),
  };
}
