import { z } from "zod";
import { conditionSchema } from "#server/domain/conditions.ts";
import { setConditions } from "#server/services/services/set-conditions.ts";
import { permitted, router } from "./procedures.ts";
import { slug } from "./schemas.ts";

export const conditionsRouter = router({
  set: permitted("manageServices")
    .input(z.object({ slug, environmentSlug: slug, conditions: z.array(conditionSchema).max(10) }))
    .mutation(({ ctx, input }) => setConditions(ctx.verb, input)),
});
