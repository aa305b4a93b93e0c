import { z } from "zod";
import { tokenPermissions } from "#server/domain/permissions.ts";
import { createToken } from "#server/services/identity/create-token.ts";
import { listTokens } from "#server/services/identity/list-tokens.ts";
import { revokeToken } from "#server/services/identity/revoke-token.ts";
import { rotateToken } from "#server/services/identity/rotate-token.ts";
import { permitted, router } from "./procedures.ts";
import { id, slug, text } from "./schemas.ts";

const newToken = z.object({
  name: text,
  permissions: z.array(z.enum(tokenPermissions)).max(20),
  services: z.array(slug).max(1_000).nullable(),
  days: z.number(),
});

export const tokensRouter = router({
  list: permitted("manageTokens").query(({ ctx }) => listTokens(ctx.verb)),
  create: permitted("manageTokens")
    .input(newToken)
    .mutation(async ({ ctx, input }) => withMoment(await createToken(ctx.verb, input))),
  rotate: permitted("manageTokens")
    .input(z.object({ id, days: z.number(), overlapHours: z.number() }))
    .mutation(async ({ ctx, input: { id, ...rest } }) =>
      withMoment(await rotateToken(ctx.verb, { tokenId: id, ...rest })),
    ),
  revoke: permitted("manageTokens")
    .input(z.object({ id }))
    .mutation(async ({ ctx, input }) => {
      await revokeToken(ctx.verb, { tokenId: input.id });
      return { id: input.id };
    }),
});

function withMoment<Made extends { expiresAt: Date }>(made: Made) {
  return { ...made, expiresAt: made.expiresAt.toISOString() };
}
