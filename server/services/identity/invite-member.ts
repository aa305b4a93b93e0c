import { and, eq, isNull } from "drizzle-orm";
import { invitations, users } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ForbiddenError, NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { lockEmail, revokeOpenLinks } from "./invitation.ts";
import { newOneTimeToken } from "./one-time-token.ts";
import { parseEmail } from "./parse-account.ts";

/** Shown once. The token stands in the fragment, which browsers send to nobody, so that it reaches no log. */
export interface OneTimeLink {
  link: string;
  email: string;
  expiresAt: Date;
}

const lifetimeMs = 7 * 24 * 3_600_000;

/** A link by which somebody makes their account. Each new one ends the open ones before it. */
export function inviteMember(
  ctx: Context,
  input: { email: string; role: Role; portalUrl: string },
): Promise<OneTimeLink> {
  demand(ctx, "manageMembers");
  const email = parseEmail(input.email);
  return inTransaction(ctx, async (tx) => {
    await lockEmail(tx, email);
    const [account] = await tx.db.select().from(users).where(eq(users.email, email));
    if (account !== undefined) throw new ValidationError(alreadyHere(account), "email");
    return makeLink(tx, { ...input, email, action: "identity/invite" });
  });
}

/** A link by which a member sets a new password. */
export function makeResetLink(
  ctx: Context,
  input: { userId: number; portalUrl: string },
): Promise<OneTimeLink> {
  demand(ctx, "manageMembers");
  return inTransaction(ctx, async (tx) => {
    const one = eq(users.id, input.userId);
    const [known] = await tx.db.select({ email: users.email }).from(users).where(one);
    if (known !== undefined) await lockEmail(tx, known.email);
    // Read once nobody can let them leave any more: a link must not outlive that.
    const [account] = await tx.db
      .select()
      .from(users)
      .where(and(one, isNull(users.leftAt)));
    if (account === undefined) throw new NotFoundError("There is no such member, or they have left.");
    const { email, role } = account;
    return makeLink(tx, { email, role, portalUrl: input.portalUrl, action: "identity/make-reset-link" });
  });
}

async function makeLink(
  ctx: Context,
  input: { email: string; role: Role; portalUrl: string; action: string },
): Promise<OneTimeLink> {
  const { email, role, portalUrl, action } = input;
  if (ctx.actor.kind !== "user") throw new ForbiddenError("Only an administrator makes such a link.");
  const { token, tokenHash, expiresAt } = newOneTimeToken(ctx.now(), lifetimeMs);
  await revokeOpenLinks(ctx, email);
  const [made] = await ctx.db
    .insert(invitations)
    .values({ tokenHash, email, role, invitedBy: ctx.actor.id, expiresAt })
    .returning({ id: invitations.id });
  await record(ctx, { action, subject: `invitation:${made?.id}`, after: { email, role } });
  return { link: new URL(`/join#${token}`, portalUrl).href, email, expiresAt };
}

function alreadyHere({ name, leftAt }: { name: string; leftAt: Date | null }): string {
  if (leftAt === null) return `${name} is a member with this address already.`;
  return `${name} was a member with this address and left. Let them come back in the list of who left.`;
}
