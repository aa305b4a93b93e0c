import { readOverview } from "#server/flows/read-overview.ts";
import { permitted, router } from "./procedures.ts";

export const overviewRouter = router({
  matrix: permitted("read").query(({ ctx }) => readOverview(ctx.verb, ctx.installation)),
});
