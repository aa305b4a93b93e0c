import { z } from "zod";
import { roles } from "#server/domain/permissions.ts";
import { changeRole } from "#server/services/identity/change-role.ts";
import { endMembership } from "#server/services/identity/end-membership.ts";
import { inviteMember } from "#server/services/identity/invite-member.ts";
import { listInvitations } from "#server/services/identity/list-invitations.ts";
import { listMembers } from "#server/services/identity/list-members.ts";
import { makeResetLink } from "#server/services/identity/make-reset-link.ts";
import { reopenMembership } from "#server/services/identity/reopen-membership.ts";
import { revokeInvitation } from "#server/services/identity/revoke-invitation.ts";
import { permitted, router } from "./procedures.ts";
import { id, text } from "./schemas.ts";

const one = z.object({ userId: id });
const role = z.enum(roles);

export const membersRouter = router({
  list: permitted("read").query(async ({ ctx }) => ({
    members: await listMembers(ctx.verb),
    /** The issuers that are set up, for the names of those that members signed in by. */
    providers: ctx.providers.map(({ name, issuer }) => ({ name, issuer })),
    groupsDecide: ctx.providers.some(({ hasGroups }) => hasGroups),
  })),
  invitations: permitted("manageMembers").query(({ ctx }) => listInvitations(ctx.verb)),
  invite: permitted("manageMembers")
    .input(z.object({ email: text, role }))
    .mutation(async ({ ctx, input }) =>
      linkOf(await inviteMember(ctx.verb, { ...input, portalUrl: ctx.portalUrl })),
    ),
  makeResetLink: permitted("manageMembers")
    .input(one)
    .mutation(async ({ ctx, input }) =>
      linkOf(await makeResetLink(ctx.verb, { ...input, portalUrl: ctx.portalUrl })),
    ),
  revokeInvitation: permitted("manageMembers")
    .input(z.object({ invitationId: id }))
    .mutation(({ ctx, input }) => revokeInvitation(ctx.verb, input)),
  changeRole: permitted("manageMembers")
    .input(one.extend({ role }))
    .mutation(({ ctx, input }) => changeRole(ctx.verb, input)),
  endMembership: permitted("manageMembers")
    .input(one)
    .mutation(({ ctx, input }) => endMembership(ctx.verb, input)),
  reopenMembership: permitted("manageMembers")
    .input(one)
    .mutation(({ ctx, input }) => reopenMembership(ctx.verb, input)),
});

function linkOf({ link, email, expiresAt }: { link: string; email: string; expiresAt: Date }) {
  return { link, email, expiresAt: expiresAt.toISOString() };
}
