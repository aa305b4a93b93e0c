import type { SignalSource, TelemetryKind } from "#server/domain/signal-source.ts";
import { otlpHeader, sentryDsn } from "#server/domain/telemetry-variables.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { telemetryKey } from "#server/kernel/telemetry-key.ts";
import {
  environmentOf,
  getService,
  type Service,
  type ServiceEnvironment,
} from "#server/services/services/get-service.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { listHeard } from "#server/services/telemetry/heard.ts";
import { readKeyGeneration, replaceTelemetryKey } from "#server/services/telemetry/key-generation.ts";
import { lastCounted } from "#server/services/telemetry/last-counted.ts";
import { noteKeyShown } from "#server/services/telemetry/note-key-shown.ts";
import type { Installation } from "./installation.ts";

export interface TelemetryView {
  environment: { slug: string; name: string };
  /** Where OpenTelemetry reports to. */
  endpoint: string;
  /** When the router last counted a request; null where it never did. */
  routerHeardAt: string | null;
  heard: { kind: TelemetryKind; heardAt: string; refused: number }[];
  /** Which source counted in the last hour; null where none did. */
  countsNow: SignalSource | null;
  /** Until when the key before opens, too; null where none does. */
  formerKeyUntil: string | null;
}

/** What a process needs to tell of itself that the portal does not start. */
export interface ShownTelemetryKey {
  endpoint: string;
  otlpHeader: string;
  sentryDsn: string;
}

interface Place {
  slug: string;
  environmentSlug: string;
}

type Telling = Pick<Installation, "telemetryUrl" | "sealingKeys">;

const hourMs = 3_600_000;

/** What was heard of a service environment. NotFoundError where there is none. */
export async function readTelemetry(
  ctx: Context,
  place: Place,
  { telemetryUrl }: Pick<Installation, "telemetryUrl">,
): Promise<TelemetryView> {
  demand(ctx, "read", place.slug);
  const { environment } = await find(ctx, place);
  const { serviceEnvironmentId, slug, name } = environment;
  const to = ctx.now();
  const from = new Date(to.getTime() - hourMs);
  const counted = await lastCounted(ctx, serviceEnvironmentId);
  const { formerUntil } = await readKeyGeneration(ctx, serviceEnvironmentId);
  return {
    environment: { slug, name },
    endpoint: telemetryUrl,
    routerHeardAt: counted.find(({ source }) => source === "router")?.at.toISOString() ?? null,
    heard: await listHeard(ctx, serviceEnvironmentId),
    countsNow: counted.some(({ at }) => at >= from && at < to)
      ? await chooseSource(ctx, { serviceEnvironmentId, from, to })
      : null,
    formerKeyUntil: formerUntil !== null && formerUntil > to ? formerUntil.toISOString() : null,
  };
}

/** The key, as OpenTelemetry and Sentry want it. Stands in the audit log, without the key. */
export async function showTelemetryKey(
  ctx: Context,
  place: Place,
  { telemetryUrl, sealingKeys }: Telling,
): Promise<ShownTelemetryKey> {
  demand(ctx, "manageServices", place.slug);
  const { service, environment } = await find(ctx, place);
  const { serviceEnvironmentId } = environment;
  return inTransaction(ctx, async (tx) => {
    const { generation } = await readKeyGeneration(tx, serviceEnvironmentId);
    const key = telemetryKey(sealingKeys, { serviceEnvironmentId, generation });
    await noteKeyShown(tx, { serviceSlug: service.slug, environmentSlug: environment.slug });
    return {
      endpoint: telemetryUrl,
      otlpHeader: otlpHeader(key),
      sentryDsn: sentryDsn({ url: telemetryUrl, key, serviceEnvironmentId }),
    };
  });
}

/** Another key takes the place of the present one, which opens for a week more unless it ends at once. */
export async function replaceTelemetryKeyOf(
  ctx: Context,
  { atOnce, ...place }: Place & { atOnce: boolean },
): Promise<void> {
  demand(ctx, "manageServices", place.slug);
  const { service, environment } = await find(ctx, place);
  const { serviceEnvironmentId, slug: environmentSlug } = environment;
  await replaceTelemetryKey(
    ctx,
    { serviceEnvironmentId, serviceSlug: service.slug, environmentSlug },
    { atOnce },
  );
}

async function find(
  ctx: Context,
  { slug, environmentSlug }: Place,
): Promise<{ service: Service; environment: ServiceEnvironment }> {
  const service = await getService(ctx, slug);
  return { service, environment: environmentOf(service, environmentSlug) };
}
