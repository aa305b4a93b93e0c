import { z } from "zod";
import { conditionKinds } from "#server/domain/conditions.ts";
import { setConditions } from "#server/services/services/set-conditions.ts";
import { permitted, router } from "./procedures.ts";
import { slug } from "./schemas.ts";

const condition = z.object({ kind: z.enum(conditionKinds), mayOverride: z.boolean() });

export const conditionsRouter = router({
  set: permitted("manageServices")
    .input(z.object({ slug, environmentSlug: slug, conditions: z.array(condition).max(10) }))
    .mutation(({ ctx, input }) => setConditions(ctx.verb, input)),
});
