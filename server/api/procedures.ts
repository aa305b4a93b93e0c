import { initTRPC } from "@trpc/server";
import type { Access, Permission } from "#server/domain/permissions.ts";
import { demand, systemContext } from "#server/kernel/context.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { type ApiContext, verbContext } from "./context.ts";
import { detailsOf, toApiError } from "./error-mapping.ts";

/** Each procedure says what it takes to call it. */
interface Meta {
  permission: Access;
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
    const verb = verbContext(ctx, session);
    demand(verb, permission);
    return next({ ctx: { session, verb } });
  });
}

/** For visitors without a session: signing in and setting up, and nothing else. */
export const open = mapped
  .meta({ permission: "none" })
  .use(({ next, ctx }) => next({ ctx: { verb: systemContext(ctx.db, "visitor", ctx.address) } }));
