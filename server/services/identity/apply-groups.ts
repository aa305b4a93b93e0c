import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { invitations, users } from "#db/schema/identity.ts";
import { isMapping, roleOfGroups } from "#server/domain/group-role.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";
import { writeRole } from "./change-role.ts";
import type { User } from "./find-user.ts";
import { isLastAdministrator } from "./is-last-administrator.ts";
import type { ProviderPerson } from "./provider-person.ts";
import { endedSessions } from "./session.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";

/**
 * Gives a user the role of their groups, at each sign-in. Whoever came by a group alone and is in none any more is
 * refused, and what sessions they have end; an invitation or a password of their own holds without a group. The last
 * administrator stays one. A refusal is returned, not thrown: the sessions' end must be kept.
 */
export async function applyGroups(
  ctx: Context,
  user: User,
  { provider, person }: { provider: IdentityProvider; person: ProviderPerson },
): Promise<SignInRefusal | null> {
  if (!isMapping(provider)) return null;
  const fromGroups = roleOfGroups(person.groups, provider);
  if (fromGroups === null && (await standsWithoutGroup(ctx, user))) return null;
  const role = fromGroups ?? provider.defaultRole;
  const isDemotion = user.role === "admin" && role !== "admin";
  if (isDemotion && (await isLastAdministrator(ctx, user.id))) return null;
  if (role !== null) {
    await writeRole(ctx, { userId: user.id, role });
    return null;
  }
  await ctx.db.update(users).set(endedSessions).where(eq(users.id, user.id));
  await record(ctx, { action: "identity/refuse-without-group", subject: `user:${user.id}` });
  return new SignInRefusal("no-group");
}

async function standsWithoutGroup(ctx: Context, user: User): Promise<boolean> {
  if (user.passwordHash !== null) return true;
  const used = await ctx.db
    .select({ id: invitations.id })
    .from(invitations)
    .where(
      and(eq(invitations.email, user.email), isNotNull(invitations.usedAt), isNull(invitations.revokedAt)),
    )
    .limit(1);
  return used.length > 0;
}
