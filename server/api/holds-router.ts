import { z } from "zod";
import { endHold } from "#server/services/services/end-hold.ts";
import { listHolds } from "#server/services/services/list-holds.ts";
import { placeHold } from "#server/services/services/place-hold.ts";
import { permitted, router } from "./procedures.ts";
import { id, slug, text } from "./schemas.ts";

export const holdsRouter = router({
  list: permitted("read").query(({ ctx }) => listHolds(ctx.verb)),
  place: permitted("manageServices")
    .input(
      z.object({
        environmentSlug: slug.nullable(),
        serviceSlug: slug.nullable(),
        reason: text,
        endsAt: text.transform((moment) => new Date(moment)),
      }),
    )
    .mutation(({ ctx, input }) => placeHold(ctx.verb, input)),
  end: permitted("manageServices")
    .input(z.object({ id }))
    .mutation(({ ctx, input }) => endHold(ctx.verb, { holdId: input.id })),
});
