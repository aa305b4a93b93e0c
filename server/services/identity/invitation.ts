import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { invitations, users } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import type { Context } from "#server/kernel/context.ts";
import { hashToken } from "./hash-token.ts";
import { SignInRefusal } from "./sign-in-refusal.ts";

/**
 * A one-time link for an e-mail address. Where there is no account of it, the link makes one; a link that an
 * administrator made for an account sets its password. A link that is older than the account is neither.
 */
export interface Invitation {
  id: number;
  email: string;
  role: Role;
  /** Null where the link makes the account. */
  account: { id: number; name: string } | null;
}

/** SignInRefusal where the link is unknown, used, revoked or too old. */
export async function findInvitation(ctx: Context, token: string): Promise<Invitation> {
  return demandOpen(ctx, eq(invitations.tokenHash, hashToken(token)));
}

/** The open invitation of somebody whose e-mail a provider has verified; null where there is none. */
export async function findInvitationOf(ctx: Context, email: string): Promise<Invitation | null> {
  return readOpen(ctx, eq(invitations.email, email));
}

/** Uses it up by one conditional UPDATE, and ends all others of the address. Call it in a transaction. */
export async function useInvitation(ctx: Context, invitation: Invitation): Promise<void> {
  await lockEmail(ctx, invitation.email);
  const used = await ctx.db
    .update(invitations)
    .set({ usedAt: ctx.now() })
    .where(and(eq(invitations.id, invitation.id), isOpen(ctx)))
    .returning({ id: invitations.id });
  if (used.length === 0) throw new SignInRefusal("invitation-unusable");
  await revokeOpenLinks(ctx, invitation.email);
}

/** Part of a change that makes every link of this address void; the caller's audit entry stands for it. */
export async function revokeOpenLinks(ctx: Context, email: string): Promise<void> {
  await ctx.db
    .update(invitations)
    .set({ revokedAt: ctx.now() })
    .where(and(eq(invitations.email, email), isOpen(ctx)));
}

/** Held to the end of the transaction: links of one address are made, used and revoked one after another. */
export async function lockEmail(ctx: Context, email: string): Promise<void> {
  await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtext(${`anytime invitation ${email}`}))`);
}

export function isOpen(ctx: Context) {
  return and(isNull(invitations.usedAt), isNull(invitations.revokedAt), gt(invitations.expiresAt, ctx.now()));
}

async function demandOpen(ctx: Context, which: ReturnType<typeof eq>): Promise<Invitation> {
  const invitation = await readOpen(ctx, which);
  if (invitation === null) throw new SignInRefusal("invitation-unusable");
  return invitation;
}

async function readOpen(ctx: Context, which: ReturnType<typeof eq>): Promise<Invitation | null> {
  const [row] = await ctx.db
    .select({ invitation: invitations, user: users })
    .from(invitations)
    .leftJoin(users, eq(users.email, invitations.email))
    .where(and(which, isOpen(ctx)));
  if (row === undefined) return null;
  const { invitation, user } = row;
  const { id, email, role } = invitation;
  if (user === null) return { id, email, role, account: null };
  if (user.leftAt !== null || invitation.createdAt < user.createdAt) return null;
  return { id, email, role, account: { id: user.id, name: user.name } };
}
