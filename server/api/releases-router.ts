import { z } from "zod";
import { releaseRanges } from "#server/domain/release-range.ts";
import { readReleaseCharts, readReleaseRoutes } from "#server/flows/read-release-charts.ts";
import { readReleaseErrors } from "#server/flows/read-release-errors.ts";
import { readReleaseCommits, readReleasePage } from "#server/flows/read-release-page.ts";
import { permitted, router } from "./procedures.ts";
import { count, id, slug } from "./schemas.ts";

const named = z.object({ slug, number: count.positive() });
/** Seconds of Unix time that a date can have. */
const seconds = z.int().min(0).max(8_000_000_000);
const view = named.extend({
  environmentSlug: slug,
  deploymentId: id.optional(),
  range: z.union([
    z.enum(releaseRanges),
    z
      .strictObject({ from: seconds, to: seconds })
      .refine(({ from, to }) => from < to, "A range ends after its beginning."),
  ]),
});

export const releasesRouter = router({
  page: permitted("read")
    .input(named)
    .query(({ ctx, input }) => readReleasePage(ctx.verb, input)),
  charts: permitted("read")
    .input(view)
    .query(({ ctx, input }) => readReleaseCharts(ctx.verb, input, ctx.installation)),
  routes: permitted("read")
    .input(view)
    .query(({ ctx, input }) => readReleaseRoutes(ctx.verb, input)),
  errors: permitted("read")
    .input(view)
    .query(({ ctx, input }) => readReleaseErrors(ctx.verb, input, ctx.installation)),
  commits: permitted("read")
    .input(named)
    .query(({ ctx, input }) => readReleaseCommits(ctx.verb, input, ctx.installation)),
});
