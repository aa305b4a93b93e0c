import type { TelemetryKind } from "#server/domain/signal-source.ts";
import { sentryDsn, telemetryKeyHeader } from "#server/domain/telemetry-variables.ts";
import type { Context } from "#server/kernel/context.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { listHeard } from "#server/services/telemetry/heard.ts";
import {
  readKeyGeneration,
  replaceTelemetryKey,
  showTelemetryKey,
} from "#server/services/telemetry/key-generation.ts";
import type { Installation } from "./installation.ts";

interface Place {
  slug: string;
  environmentSlug: string;
}

/** What a service tells of itself in an environment. */
export interface TelemetryView {
  /** Each kind that was heard, in alphabetical order. `refused` counts what could not be true of what was told last. */
  heard: { kind: TelemetryKind; heardAt: string; refused: number }[];
  /** Until when the key before opens, too; null where there is none that does. */
  formerKeyUntil: string | null;
}

/** What an SDK needs that is not started by the portal. */
export interface TelemetryAccess {
  /** OTEL_EXPORTER_OTLP_ENDPOINT. */
  endpoint: string;
  /** OTEL_EXPORTER_OTLP_HEADERS. */
  headers: string;
  /** SENTRY_DSN. */
  sentryDsn: string;
}

export async function readTelemetry(ctx: Context, { slug, environmentSlug }: Place): Promise<TelemetryView> {
  const { serviceEnvironmentId } = environmentOf(await getService(ctx, slug), environmentSlug);
  const [heard, { formerUntil }] = await Promise.all([
    listHeard(ctx, serviceEnvironmentId),
    readKeyGeneration(ctx, serviceEnvironmentId),
  ]);
  const opensYet = formerUntil !== null && formerUntil > ctx.now();
  return { heard, formerKeyUntil: opensYet ? formerUntil.toISOString() : null };
}

/** The present key, in the forms in which SDKs take it. That it was looked at is in the audit log. */
export async function showTelemetryAccess(
  ctx: Context,
  { slug, environmentSlug }: Place,
  { sealingKeys, telemetryUrl: url }: Pick<Installation, "sealingKeys" | "telemetryUrl">,
): Promise<TelemetryAccess> {
  const { serviceEnvironmentId } = environmentOf(await getService(ctx, slug), environmentSlug);
  const place = { serviceEnvironmentId, serviceSlug: slug, environmentSlug };
  const key = await showTelemetryKey(ctx, place, sealingKeys);
  return {
    endpoint: url,
    headers: `${telemetryKeyHeader}=${key}`,
    sentryDsn: sentryDsn({ url, key, serviceEnvironmentId }),
  };
}

/** The one before opens for a week more, or, where it is `atOnce`, never again. */
export async function replaceTelemetryKeyOf(
  ctx: Context,
  { slug, environmentSlug, atOnce }: Place & { atOnce: boolean },
): Promise<void> {
  const { serviceEnvironmentId } = environmentOf(await getService(ctx, slug), environmentSlug);
  const place = { serviceEnvironmentId, serviceSlug: slug, environmentSlug };
  await replaceTelemetryKey(ctx, place, { atOnce });
}
