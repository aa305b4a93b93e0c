import { z } from "zod";
import { conditionKinds, factStates, reportedFacts } from "#server/domain/conditions.ts";
import { readCommitFacts } from "#server/flows/read-commit-facts.ts";
import { reportFact } from "#server/services/conditions/report-fact.ts";
import { setConditions } from "#server/services/services/set-conditions.ts";
import { permitted, router } from "./procedures.ts";
import { slug, text } from "./schemas.ts";

const condition = z.object({ kind: z.enum(conditionKinds), mayOverride: z.boolean() });

export const conditionsRouter = router({
  facts: permitted("read")
    .input(z.object({ serviceSlug: slug, sha: text }))
    .query(({ ctx, input }) => readCommitFacts(ctx.verb, input)),
  report: permitted("reportFacts")
    .input(
      z.object({
        serviceSlug: slug,
        sha: text,
        fact: z.enum(reportedFacts),
        state: z.enum(factStates),
        url: text.nullish(),
      }),
    )
    .mutation(({ ctx, input }) => reportFact(ctx.verb, input)),
  set: permitted("manageServices")
    .input(z.object({ slug, environmentSlug: slug, conditions: z.array(condition).max(10) }))
    .mutation(({ ctx, input }) => setConditions(ctx.verb, input)),
});
