import { z } from "zod";
import { signalSources, telemetryKinds } from "#server/domain/signal-source.ts";
import {
  readTelemetry,
  replaceTelemetryKeyOf,
  showTelemetryKey,
} from "#server/flows/telemetry-of-service.ts";
import { slug } from "../schemas.ts";
import { operation } from "./operation.ts";

const telemetryAnswer = z.object({
  environment: z.object({ slug: z.string(), name: z.string() }),
  endpoint: z.string(),
  routerHeardAt: z.string().nullable(),
  heard: z.array(z.object({ kind: z.enum(telemetryKinds), heardAt: z.string(), refused: z.int() })),
  countsNow: z.enum(signalSources).nullable().describe("What counted in the last hour"),
  formerKeyUntil: z.string().nullable().describe("Until when the key before opens, too"),
});

export const telemetryOperations = [
  operation({
    id: "getTelemetry",
    method: "GET",
    path: "/services/{slug}/telemetry",
    summary: "What was heard of a service in an environment, and when last",
    needs: "read",
    about: "service",
    params: z.object({ slug }),
    query: z.strictObject({ environment: slug }),
    answer: telemetryAnswer,
    handle: ({ verb, installation }, { slug: serviceSlug, environment: environmentSlug }) =>
      readTelemetry(verb, { slug: serviceSlug, environmentSlug }, installation),
  }),
  operation({
    id: "showTelemetryKey",
    method: "POST",
    path: "/services/{slug}/telemetry/show-key",
    summary:
      "The key to tell of a service with, as OpenTelemetry and Sentry want it; the audit log says who asked",
    needs: "manageServices",
    about: "service",
    params: z.object({ slug }),
    body: z.strictObject({ environment: slug }),
    answer: z.object({ endpoint: z.string(), otlpHeader: z.string(), sentryDsn: z.string() }),
    handle: ({ verb, installation }, { slug: serviceSlug, environment: environmentSlug }) =>
      showTelemetryKey(verb, { slug: serviceSlug, environmentSlug }, installation),
  }),
  operation({
    id: "replaceTelemetryKey",
    method: "POST",
    path: "/services/{slug}/telemetry/replace-key",
    summary: "Replace the key; the one before opens for 7 days more, or is refused at once",
    needs: "manageServices",
    about: "service",
    params: z.object({ slug }),
    body: z.strictObject({ environment: slug, atOnce: z.boolean().default(false) }),
    answer: telemetryAnswer,
    async handle({ verb, installation }, { slug: serviceSlug, environment: environmentSlug, atOnce }) {
      const place = { slug: serviceSlug, environmentSlug };
      await replaceTelemetryKeyOf(verb, { ...place, atOnce });
      return readTelemetry(verb, place, installation);
    },
  }),
];
