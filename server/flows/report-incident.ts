import { reportTextSchema } from "#server/domain/incident-text.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { openIncident } from "#server/services/incidents/open-incident.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";

export interface IncidentReport {
  serviceSlug: string;
  environmentSlug: string;
  /** What users feel; “Users are affected” where left out. */
  text?: string | undefined;
}

/**
 * “Users are affected”, said by a person or a machine: joins what goes on there. It is tied to no deployment: that it came with
 * one, evidence or a person says. ConflictError where nothing is live.
 */
export async function reportIncident(
  ctx: Context,
  { serviceSlug, environmentSlug, text }: IncidentReport,
): Promise<{ id: number }> {
  demand(ctx, "deploy", serviceSlug);
  const said = parseField("text", reportTextSchema, text ?? "").replace(/\.$/, "");
  const { serviceEnvironmentId, name } = environmentOf(await getService(ctx, serviceSlug), environmentSlug);
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId);
  if (live === undefined) throw new ConflictError(`Nothing is live in ${name} yet: nobody can be affected.`);
  const { actor } = ctx;
  const { id } = await openIncident(ctx, {
    serviceEnvironmentId,
    source: actor.kind === "user" ? "person" : "alert",
    cause: actor.kind === "system" ? `report ${actor.name}` : `report ${actor.kind} ${actor.id}`,
    title: said === "" ? "Users are affected" : said,
    isSure: true,
    deploymentId: null,
    releaseId: live.id,
    ...{ beganAt: ctx.now(), detectedAt: ctx.now(), slowerThanMs: null },
  });
  return { id };
}
