import { and, eq } from "drizzle-orm";
import { userIdentities } from "#db/schema/identity.ts";
import { isMapping, roleOfGroups } from "#server/domain/group-role.ts";
import type { Role } from "#server/domain/permissions.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Arrival } from "./admit-person.ts";
import { connectIdentity } from "./connect-identity.ts";
import { findUserByEmail, type User } from "./find-user.ts";
import { findInvitation, findInvitationOf, type Invitation, lockEmail, useInvitation } from "./invitation.ts";
import { makeMember } from "./make-member.ts";
import { actingAs } from "./note-sign-in.ts";
import type { ProviderPerson } from "./provider-person.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";

/**
 * Whoever signs in by this account at a provider for the first time: by an invitation, into an account of the same
 * verified address, or by what the settings give to people like them. Call it in a transaction.
 */
export async function receiveNewcomer(ctx: Context, arrival: Arrival): Promise<User> {
  const { provider, person, intent } = arrival;
  const fromGroups = roleOfGroups(person.groups, provider);
  if (intent.kind === "join") {
    const invitation = await findInvitation(ctx, intent.token);
    // A link that sets a password is for its account's owner, who need not be whoever clicks a button.
    if (invitation.account !== null) throw new SignInRefusal("invitation-unusable");
    return joinBy(ctx, arrival, invitation, fromGroups);
  }
  if (person.email !== null && person.isEmailVerified) {
    // Another account there with this address, a link being used and leaving come before or after.
    await lockEmail(ctx, person.email);
    const account = await findUserByEmail(ctx, person.email);
    if (account !== null) return linkTo(ctx, account, arrival);
    const invitation = await findInvitationOf(ctx, person.email);
    if (invitation !== null) return joinBy(ctx, arrival, invitation, fromGroups);
  }
  const role = fromGroups ?? provider.defaultRole;
  if (role === null) throw new SignInRefusal(isMapping(provider) ? "no-group" : "no-invitation");
  if (person.email === null) throw new SignInRefusal("no-email");
  // Anybody may write any address at some providers: only a verified one becomes that of an account.
  if (!person.isEmailVerified) throw new SignInRefusal("email-unverified");
  const by = fromGroups === null ? "default role" : "groups";
  return insert(ctx, arrival.person, { email: person.email, role, by });
}

async function joinBy(
  ctx: Context,
  { person }: Arrival,
  invitation: Invitation,
  fromGroups: Role | null,
): Promise<User> {
  await useInvitation(ctx, invitation);
  const { email, role, id } = invitation;
  return insert(ctx, person, { email, role: fromGroups ?? role, by: `invitation:${id}` });
}

/**
 * Linking by address is safe only where nobody else can hold a key to the account: a password may have been set by
 * whoever had the invitation, and a second subject of one issuer means that the address changed hands there. In both
 * cases one signs in first and connects the provider in the settings, which proves both ends.
 */
async function linkTo(ctx: Context, account: User, { person }: Arrival): Promise<User> {
  if (account.leftAt !== null) throw new SignInRefusal("has-left");
  if (account.passwordHash !== null) throw new SignInRefusal("account-exists");
  const { issuer, subject } = person;
  const sameIssuer = await ctx.db
    .select({ id: userIdentities.id })
    .from(userIdentities)
    .where(and(eq(userIdentities.userId, account.id), eq(userIdentities.issuer, issuer)));
  if (sameIssuer.length > 0) throw new SignInRefusal("account-exists");
  await connectIdentity(actingAs(ctx, account), { userId: account.id, issuer, subject });
  return account;
}

function insert(
  ctx: Context,
  { issuer, subject, name }: ProviderPerson,
  as: { email: string; role: Role; by: string },
): Promise<User> {
  return makeMember(ctx, { ...as, name, passwordHash: null, identity: { issuer, subject } });
}
