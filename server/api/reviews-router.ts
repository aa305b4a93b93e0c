import { z } from "zod";
import { findSuspects, readSuspectDiff } from "#server/flows/find-suspects.ts";
import { readErrorGroup } from "#server/flows/read-error-group.ts";
import { readReviewErrors } from "#server/flows/read-release-errors.ts";
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
  errors: permitted("read")
    .input(one)
    .query(({ ctx, input }) => readReviewErrors(ctx.verb, input.deploymentId, ctx.installation)),
  suspects: permitted("read")
    .input(one)
    .query(({ ctx, input }) => findSuspects(ctx.verb, input.deploymentId, ctx.installation)),
  suspectDiff: permitted("read")
    .input(one.extend({ sha: z.string().regex(/^[0-9a-f]{40}$/) }))
    .query(({ ctx, input }) => readSuspectDiff(ctx.verb, input, ctx.installation)),
  errorGroup: permitted("read")
    .input(z.object({ id }))
    .query(({ ctx, input }) => readErrorGroup(ctx.verb, input.id, ctx.installation)),
  signOff: permitted("deploy")
    .input(one)
    .mutation(({ ctx, input }) => signOff(ctx.verb, input.deploymentId)),
});
