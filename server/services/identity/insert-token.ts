import { apiTokens } from "#db/schema/identity.ts";
import { isAllowed, type TokenPermission } from "#server/domain/permissions.ts";
import type { Context, Person } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { newTokenText } from "./token-text.ts";

export interface NewToken {
  id: number;
  /** Told this once. */
  token: string;
  start: string;
  expiresAt: Date;
}

/** Writes a token of this person; call it in a transaction that also writes the audit entry. */
export async function insertToken(
  ctx: Context,
  person: Person,
  input: { name: string; permissions: TokenPermission[]; services: string[] | null; days: number },
): Promise<NewToken> {
  const beyond = input.permissions.find((permission) => !isAllowed(person.role, permission));
  if (beyond !== undefined) {
    throw new ValidationError(`A token cannot do what you may not do yourself: ${beyond}.`, "permissions");
  }
  const { token, ...stored } = newTokenText();
  const { days, ...columns } = input;
  const expiresAt = new Date(ctx.now().getTime() + days * 24 * 3_600_000);
  const [row] = await ctx.db
    .insert(apiTokens)
    .values({ ...columns, ...stored, expiresAt, createdBy: person.id, createdAt: ctx.now() })
    .returning({ id: apiTokens.id });
  if (row === undefined) throw new Error("The token's row was not returned.");
  return { id: row.id, token, start: stored.start, expiresAt };
}
