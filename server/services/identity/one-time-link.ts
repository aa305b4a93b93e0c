import { invitations } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context, Person } from "#server/kernel/context.ts";
import { revokeOpenLinks } from "./invitation.ts";
import { newOneTimeToken } from "./one-time-token.ts";

/** Shown once. The token stands in the fragment, which browsers send to nobody, so that it reaches no log. */
export interface OneTimeLink {
  link: string;
  email: string;
  expiresAt: Date;
}

const lifetimeMs = 7 * 24 * 3_600_000;

/** Makes the link that takes the place of this address's open ones. Call it in a transaction that holds `lockEmail`. */
export async function makeOneTimeLink(
  ctx: Context,
  person: Person,
  input: { email: string; role: Role; portalUrl: string; action: string },
): Promise<OneTimeLink> {
  const { email, role, portalUrl, action } = input;
  const { token, tokenHash, expiresAt } = newOneTimeToken(ctx.now(), lifetimeMs);
  await revokeOpenLinks(ctx, email);
  const [made] = await ctx.db
    .insert(invitations)
    .values({ tokenHash, email, role, invitedBy: person.id, expiresAt })
    .returning({ id: invitations.id });
  await record(ctx, { action, subject: `invitation:${made?.id}`, after: { email, role } });
  return { link: new URL(`/join#${token}`, portalUrl).href, email, expiresAt };
}
