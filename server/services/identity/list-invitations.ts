import { desc, eq } from "drizzle-orm";
import { invitations, users } from "#db/schema/identity.ts";
import type { Role } from "#server/domain/permissions.ts";
import type { Moment } from "#server/domain/read-models.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { isOpen } from "./invitation.ts";

export interface InvitationRow {
  id: number;
  email: string;
  role: Role;
  /** Whose password it sets; null where it makes an account. */
  resetsFor: string | null;
  createdAt: Moment;
  expiresAt: Moment;
}

/** The links that still work, newest first. The links themselves are not kept. */
export async function listInvitations(ctx: Context): Promise<InvitationRow[]> {
  demand(ctx, "manageMembers");
  const rows = await ctx.db
    .select({ invitation: invitations, accountName: users.name })
    .from(invitations)
    .leftJoin(users, eq(users.email, invitations.email))
    .where(isOpen(ctx))
    .orderBy(desc(invitations.id));
  return rows.map(({ invitation: { id, email, role, createdAt, expiresAt }, accountName }) => ({
    id,
    email,
    role,
    resetsFor: accountName,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  }));
}
