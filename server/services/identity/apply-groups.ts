import { and, eq, isNotNull, isNull } from "drizzle-orm";
import { invitations, users } from "#db/schema/identity.ts";
import { isMapping, roleOfGroups } from "#server/domain/group-role.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";
import { notify } from "#server/kernel/notifications.ts";
import { writeRole } from "./change-role.ts";
import type { User } from "./find-user.ts";
import { isLastAdministrator } from "./is-last-administrator.ts";
import type { ProviderPerson } from "./provider-person.ts";
import { nextSessionVersion } from "./session.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";

/**
 * Gives a user the role of their groups, at each sign-in. Whoever came by a group alone and is in none any more is
 * refused, here and by every other provider, and what sessions they have end; an invitation or a password of their own holds without a group. The last
 * administrator stays one. A refusal is returned, not thrown: the sessions' end must be kept.
 */
export async function applyGroups(
  ctx: Context,
  user: User,
  { provider, person }: { provider: IdentityProvider; person: ProviderPerson },
): Promise<SignInRefusal | null> {
  if (!isMapping(provider)) return user.withoutGroupSince === null ? null : new SignInRefusal("no-group");
  const fromGroups = roleOfGroups(person.groups, provider);
  if (fromGroups === null && (await standsWithoutGroup(ctx, user))) return null;
  const role = fromGroups ?? provider.defaultRole;
  const isDemotion = user.role === "admin" && role !== "admin";
  if (isDemotion && (await isLastAdministrator(ctx, user.id))) return null;
  if (role !== null) {
    await ctx.db.update(users).set({ withoutGroupSince: null }).where(eq(users.id, user.id));
    await writeRole(ctx, { userId: user.id, role });
    return null;
  }
  await refuse(ctx, user);
  return new SignInRefusal("no-group");
}

/** Until a group is found again: by no other provider, and by no token of theirs either. */
async function refuse(ctx: Context, user: User): Promise<void> {
  const withoutGroupSince = user.withoutGroupSince ?? ctx.now();
  await ctx.db
    .update(users)
    .set({ withoutGroupSince, ...nextSessionVersion })
    .where(eq(users.id, user.id));
  await record(ctx, { action: "identity/refuse-without-group", subject: `user:${user.id}` });
  await notify(ctx, "session", user.id);
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
