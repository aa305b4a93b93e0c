import { z } from "zod";
import { permissionsOf } from "#server/domain/permissions.ts";
import { changeName } from "#server/services/identity/change-name.ts";
import { changePassword } from "#server/services/identity/change-password.ts";
import { changeReviewMails } from "#server/services/identity/change-review-mails.ts";
import { disconnectIdentity } from "#server/services/identity/disconnect-identity.ts";
import { readAccount } from "#server/services/identity/read-account.ts";
import { signOutEverywhere } from "#server/services/identity/sign-out-everywhere.ts";
import { open, permitted, router } from "./procedures.ts";
import { id, text } from "./schemas.ts";

export const sessionRouter = router({
  current: permitted("read").query(({ ctx }) => {
    const { user } = ctx.session;
    return {
      user,
      may: permissionsOf(user.role),
    };
  }),
  /** What else than a password signs one in here. */
  providers: open.query(({ ctx }) =>
    ctx.providers.map((provider) => ({ id: provider.id, name: provider.name })),
  ),
  account: permitted("read").query(async ({ ctx }) => ({
    ...(await readAccount(ctx.verb, ctx.session.user.id)),
    providers: ctx.providers.map(({ id, name, issuer }) => ({ id, name, issuer })),
  })),
  changeName: permitted("read")
    .input(z.object({ name: text }))
    .mutation(({ ctx, input }) => changeName(ctx.verb, { ...input, userId: ctx.session.user.id })),
  changeReviewMails: permitted("read")
    .input(z.object({ wanted: z.boolean() }))
    .mutation(({ ctx, input }) => changeReviewMails(ctx.verb, { ...input, userId: ctx.session.user.id })),
  changePassword: permitted("read")
    .input(z.object({ currentPassword: text, password: text }))
    .mutation(async ({ ctx, input }) => {
      const claim = await changePassword(ctx.verb, { ...input, userId: ctx.session.user.id });
      await ctx.renewSession(claim);
    }),
  disconnect: permitted("read")
    .input(z.object({ identityId: id }))
    .mutation(({ ctx, input }) => disconnectIdentity(ctx.verb, { ...input, userId: ctx.session.user.id })),
  signOutEverywhere: permitted("read").mutation(async ({ ctx }) => {
    await signOutEverywhere(ctx.verb, { userId: ctx.session.user.id });
    return { signedOut: true as const };
  }),
});
