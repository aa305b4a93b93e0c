import { z } from "zod";
import { type Alert, type AlertFormat, readAlerts } from "#server/domain/alerts.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { noteResolved, openIncident } from "#server/services/incidents/open-incident.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";

export interface AlertsInput {
  format: AlertFormat;
  body: unknown;
  /** What the address says goes before what the alerts say. */
  service?: string | undefined;
  environment?: string | undefined;
}

const oldestMs = 24 * 3_600_000;
const usualEnvironment = "production";

/**
 * Opens an incident for each alert that fires, or joins the one that goes on there; that an alert is over is written into the
 * timeline. ValidationError where a body has another shape, or an alert does not say which service it is about.
 */
export async function takeAlerts(
  ctx: Context,
  { format, body, ...place }: AlertsInput,
): Promise<{ incidents: number[] }> {
  const alerts = parse(format, body);
  const incidents = new Set<number>();
  for (const alert of alerts) {
    const id = await take(ctx, alert, {
      service: place.service ?? alert.service,
      environment: place.environment ?? alert.environment ?? usualEnvironment,
    });
    if (id !== null) incidents.add(id);
  }
  return { incidents: [...incidents] };
}

function parse(format: AlertFormat, body: unknown): Alert[] {
  try {
    return readAlerts(format, body);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    throw new ValidationError(
      issue?.message ?? "This has another shape.",
      issue?.path.map(String).join(".") ?? null,
    );
  }
}

async function take(
  ctx: Context,
  { cause, title, isFiring, startedAt }: Alert,
  place: { service: string | null; environment: string },
): Promise<number | null> {
  if (place.service === null) {
    throw new ValidationError(
      "Say which service it is about: a label `service`, or `?service=` in the address.",
      "service",
    );
  }
  demand(ctx, "deploy", place.service);
  const { serviceEnvironmentId } = environmentOf(await getService(ctx, place.service), place.environment);
  if (!isFiring) return noteResolved(ctx, { serviceEnvironmentId, cause, title });
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId);
  const now = ctx.now().getTime();
  const began = startedAt === null ? now : Math.min(now, Math.max(now - oldestMs, Date.parse(startedAt)));
  const { id } = await openIncident(ctx, {
    ...{ serviceEnvironmentId, source: "alert", cause, title, isSure: true },
    ...{ deploymentId: null, releaseId: live?.id ?? null, slowerThanMs: null },
    ...{ beganAt: new Date(began), detectedAt: ctx.now() },
  });
  return id;
}
