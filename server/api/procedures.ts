import { initTRPC } from "@trpc/server";
import { isAllowed, type Permission } from "#server/domain/permissions.ts";
import { systemContext } from "#server/kernel/context.ts";
import { ForbiddenError, UnauthenticatedError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { type ApiContext, verbContext } from "./context.ts";
import { detailsOf, toApiError } from "./error-mapping.ts";

/** Each procedure says what it takes to call it: a permission, or nothing at all. */
interface Meta {
  permission: Permission | "none";
}

const trpc = initTRPC
  .context<ApiContext>()
  .meta<Meta>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error, ctx, path }) => {
      // Most are mapped by now; what was thrown beside the procedures is not.
      const told = toApiError(error, ctx?.logger ?? portal().logger, path);
      return {
        ...shape,
        message: told.message,
        data: {
          code: told.code,
          httpStatus: shape.data.httpStatus,
          path: shape.data.path ?? null,
          ...detailsOf(told),
        },
      };
    },
  });

export const { router, createCallerFactory } = trpc;

const mapped = trpc.procedure.use(async ({ next, ctx, path }) => {
  const result = await next();
  if (result.ok) return result;
  throw toApiError(result.error, ctx.logger, path);
});

/** For whoever has a session and, by their role, this permission. `ctx.verb` is what rooms and flows take. */
export function permitted(permission: Permission) {
  return mapped.meta({ permission }).use(({ next, ctx }) => {
    const { session } = ctx;
    if (session === null) throw new UnauthenticatedError("Sign in first.");
    if (!isAllowed(session.user.role, permission)) {
      throw new ForbiddenError("Your role does not allow this. Ask an administrator to change it.");
    }
    return next({ ctx: { session, verb: verbContext(ctx, session) } });
  });
}

/** For visitors without a session: signing in and setting up, and nothing else. */
export const open = mapped
  .meta({ permission: "none" })
  .use(({ next, ctx }) => next({ ctx: { verb: systemContext(ctx.db, "visitor", ctx.address) } }));
