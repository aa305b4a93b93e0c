import { readInsightsPage } from "#server/flows/read-insights-page.ts";
import { insightPathQuery } from "./insight-query.ts";
import { permitted, router } from "./procedures.ts";

export const insightsRouter = router({
  page: permitted("read")
    .input(insightPathQuery)
    .query(({ ctx, input }) => readInsightsPage(ctx.verb, input)),
});
