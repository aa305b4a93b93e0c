import { permissionsOf } from "#server/domain/permissions.ts";
import { signOutEverywhere } from "#server/services/identity/sign-out-everywhere.ts";
import { permitted, router } from "./procedures.ts";

export const sessionRouter = router({
  current: permitted("read").query(({ ctx }) => {
    const { user } = ctx.session;
    return {
      user,
      may: permissionsOf(user.role),
    };
  }),
  signOutEverywhere: permitted("read").mutation(async ({ ctx }) => {
    await signOutEverywhere(ctx.verb, { userId: ctx.session.user.id });
    return { signedOut: true as const };
  }),
});
