import { z } from "zod";
import { readReviewPage } from "#server/flows/read-review-page.ts";
import { listOpenReviews } from "#server/services/health/read-review.ts";
import { signOff } from "#server/services/health/sign-off.ts";
import { permitted, router } from "./procedures.ts";
import { id } from "./schemas.ts";

const one = z.object({ deploymentId: id });

export const reviewsRouter = router({
  open: permitted("read").query(({ ctx }) => listOpenReviews(ctx.verb)),
  page: permitted("read")
    .input(one)
    .query(({ ctx, input }) => readReviewPage(ctx.verb, input.deploymentId)),
  signOff: permitted("deploy")
    .input(one)
    .mutation(({ ctx, input }) => signOff(ctx.verb, input.deploymentId)),
});
