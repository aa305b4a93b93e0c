import { and, eq, type SQL } from "drizzle-orm";
import { apiTokens } from "#db/schema/identity.ts";
import { isAllowed } from "#server/domain/permissions.ts";
import type { Context, Person } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";

/** Everybody manages their own tokens, and who manages members all. */
export function manageableBy(person: Person): SQL | undefined {
  return isAllowed(person.role, "manageMembers") ? undefined : eq(apiTokens.createdBy, person.id);
}

/** Why a change found no row: another's token is not there at all for who may not manage it. */
export async function tokenRefusal(ctx: Context, person: Person, id: number): Promise<Error> {
  const [token] = await ctx.db
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.id, id), manageableBy(person)));
  if (token === undefined) return new NotFoundError("There is no such token.");
  if (token.revokedAt !== null) return new ConflictError(`${token.name} is revoked already.`);
  if (token.replacedBy !== null) return new ConflictError(`${token.name} was replaced already.`);
  return new ConflictError(`${token.name} has expired: make a new token.`);
}
