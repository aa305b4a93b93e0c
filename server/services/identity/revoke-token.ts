import { and, eq, isNull } from "drizzle-orm";
import { apiTokens } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { manageableBy, tokenRefusal } from "./manageable-token.ts";

/** Ends a token at once and for good: its next request is refused. */
export async function revokeToken(ctx: Context, input: { tokenId: number }): Promise<void> {
  const person = demandPerson(ctx, "manageTokens");
  await inTransaction(ctx, async (tx) => {
    const [revoked] = await tx.db
      .update(apiTokens)
      .set({ revokedAt: tx.now() })
      .where(and(eq(apiTokens.id, input.tokenId), manageableBy(person), isNull(apiTokens.revokedAt)))
      .returning({ name: apiTokens.name, start: apiTokens.start });
    if (revoked === undefined) throw await tokenRefusal(tx, person, input.tokenId);
    await record(tx, {
      action: "identity/revoke-token",
      subject: `token:${input.tokenId}`,
      before: revoked,
    });
  });
}
