import { z } from "zod";
import { acceptInvitation } from "#server/services/identity/accept-invitation.ts";
import { findInvitation } from "#server/services/identity/invitation.ts";
import { open, router } from "./procedures.ts";
import { text } from "./schemas.ts";

/** For whoever has a one-time link. All by POST: the token in it must stand in no address that is logged. */
export const joinRouter = router({
  read: open.input(z.object({ token: text })).mutation(async ({ ctx, input }) => {
    const { email, role, account } = await findInvitation(ctx.verb, input.token);
    return { email, role, resetsFor: account?.name ?? null };
  }),
  accept: open
    .input(z.object({ token: text, name: text, password: text }))
    .mutation(({ ctx, input }) => acceptInvitation(ctx.verb, input)),
});
