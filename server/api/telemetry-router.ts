import { z } from "zod";
import {
  readTelemetry,
  replaceTelemetryKeyOf,
  showTelemetryKey,
} from "#server/flows/telemetry-of-service.ts";
import { permitted, router } from "./procedures.ts";
import { slug } from "./schemas.ts";

const place = z.object({ slug, environmentSlug: slug });

export const telemetryRouter = router({
  get: permitted("read")
    .input(place)
    .query(({ ctx, input }) => readTelemetry(ctx.verb, input, ctx.installation)),
  // A mutation: it leaves an entry in the audit log, and no answer of it is kept.
  showKey: permitted("manageServices")
    .input(place)
    .mutation(({ ctx, input }) => showTelemetryKey(ctx.verb, input, ctx.installation)),
  replaceKey: permitted("manageServices")
    .input(place.extend({ atOnce: z.boolean() }))
    .mutation(({ ctx, input }) => replaceTelemetryKeyOf(ctx.verb, input)),
});
