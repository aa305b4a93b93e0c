import { z } from "zod";
import { readTelemetry, replaceTelemetryKeyOf, showTelemetryAccess } from "#server/flows/telemetry-of.ts";
import { permitted, router } from "./procedures.ts";
import { slug } from "./schemas.ts";

const place = z.object({ slug, environmentSlug: slug });

export const telemetryRouter = router({
  get: permitted("read")
    .input(place)
    .query(({ ctx, input }) => readTelemetry(ctx.verb, input)),
  showAccess: permitted("manageServices")
    .input(place)
    .mutation(({ ctx, input }) => showTelemetryAccess(ctx.verb, input, ctx.installation)),
  replaceKey: permitted("manageServices")
    .input(place.extend({ atOnce: z.boolean() }))
    .mutation(({ ctx, input }) => replaceTelemetryKeyOf(ctx.verb, input)),
});
