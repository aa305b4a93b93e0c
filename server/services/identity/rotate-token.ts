import { and, eq, isNull, sql } from "drizzle-orm";
import { apiTokens } from "#db/schema/identity.ts";
import { overlapHoursSchema, tokenDaysSchema } from "#server/domain/token.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { insertToken, type NewToken } from "./insert-token.ts";
import { manageableBy, tokenRefusal } from "./manageable-token.ts";
import { isWorking } from "./working-token.ts";

/**
 * A new token with the same name and scopes; the old one goes on for `overlapHours`, so that machines can be told one
 * after the other. ConflictError where it is revoked, expired or replaced already.
 */
export async function rotateToken(
  ctx: Context,
  input: { tokenId: number; days: number; overlapHours: number },
): Promise<NewToken> {
  const person = demandPerson(ctx, "manageTokens");
  const days = parseField("days", tokenDaysSchema, input.days);
  const overlapHours = parseField("overlapHours", overlapHoursSchema, input.overlapHours);
  return inTransaction(ctx, async (tx) => {
    const goesOnUntil = new Date(tx.now().getTime() + overlapHours * 3_600_000);
    const [old] = await tx.db
      .update(apiTokens)
      .set({ expiresAt: sql`least(${apiTokens.expiresAt}, ${goesOnUntil.toISOString()}::timestamptz)` })
      .where(
        and(
          eq(apiTokens.id, input.tokenId),
          manageableBy(person),
          isWorking(tx),
          isNull(apiTokens.replacedBy),
        ),
      )
      .returning();
    if (old === undefined) throw await tokenRefusal(tx, person, input.tokenId);
    const { name, permissions, services } = old;
    const made = await insertToken(tx, person, { name, permissions, services, days });
    await tx.db.update(apiTokens).set({ replacedBy: made.id }).where(eq(apiTokens.id, old.id));
    await record(tx, {
      action: "identity/rotate-token",
      subject: `token:${old.id}`,
      before: { start: old.start },
      after: { replacedBy: made.id, start: made.start, oldUntil: old.expiresAt, expiresAt: made.expiresAt },
    });
    return made;
  });
}
