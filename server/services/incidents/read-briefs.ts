import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { deploymentKinds } from "#server/domain/deployment.ts";
import { incidentSources, incidentStates, mitigations, recoverySources } from "#server/domain/incident.ts";
import type { IncidentBrief } from "#server/domain/incident-views.ts";
import type { Context } from "#server/kernel/context.ts";

const moment = z.coerce.date().transform((at) => at.toISOString());
const briefsSchema = z.array(
  z.object({
    id: z.coerce.number(),
    serviceEnvironmentId: z.coerce.number(),
    serviceSlug: z.string(),
    serviceName: z.string(),
    team: z.string().nullable(),
    environmentSlug: z.string(),
    environmentName: z.string(),
    state: z.enum(incidentStates),
    source: z.enum(incidentSources),
    title: z.string(),
    slowerThanMs: z.number().nullable(),
    change: z.object({ deploymentId: z.number(), releaseNumber: z.number().nullable() }).nullable(),
    releaseNumber: z.number().nullable(),
    beganAt: moment,
    detectedAt: moment,
    mitigatedAt: moment.nullable(),
    mitigation: z.enum(mitigations).nullable(),
    fix: z
      .object({
        deploymentId: z.number(),
        kind: z.enum(deploymentKinds),
        releaseNumber: z.number().nullable(),
        requestedByName: z.string(),
        isByPerson: z.boolean(),
        authorName: z.string(),
      })
      .nullable(),
    fixLines: z.number().nullable(),
    recoveredAt: moment.nullable(),
    recoverySource: z.enum(recoverySources).nullable(),
    requests: z.coerce.number(),
    affected: z.coerce.number(),
    publishedAt: moment.nullable(),
  }),
);

/** `rest` is what follows `where`: a condition on `incidents`, `services` or `environments`, an order and a limit. */
export async function readBriefs(ctx: Context, rest: SQL): Promise<IncidentBrief[]> {
  const rows = await ctx.db.execute(sql`
    select incidents.id, incidents.service_environment_id as "serviceEnvironmentId", services.slug as "serviceSlug",
      services.name as "serviceName", services.team, environments.slug as "environmentSlug",
      environments.name as "environmentName", incidents.state, incidents.source, incidents.title,
      slower_than_ms as "slowerThanMs",
      case when came.id is not null then jsonb_build_object(
        'deploymentId', came.id, 'releaseNumber', came_release.number) end as change,
      releases.number as "releaseNumber", began_at as "beganAt", detected_at as "detectedAt",
      mitigated_at as "mitigatedAt", incidents.mitigation,
      case when fix.id is not null then jsonb_build_object(
        'deploymentId', fix.id, 'kind', fix.kind, 'releaseNumber', fixing.number,
        'requestedByName', fix.requested_by_name, 'isByPerson', fix.requested_by is not null,
        'authorName', fix.author_name) end as fix,
      fix_lines as "fixLines", recovered_at as "recoveredAt", recovery_source as "recoverySource",
      incidents.requests, incidents.affected, published_at as "publishedAt"
    from incidents
      join service_environments on service_environments.id = incidents.service_environment_id
      join services on services.id = service_environments.service_id
      join environments on environments.id = service_environments.environment_id
      left join releases on releases.id = incidents.release_id
      left join deployments as came on came.id = incidents.deployment_id
      left join releases as came_release on came_release.id = came.release_id
      left join deployments as fix on fix.id = incidents.mitigating_deployment_id
      left join releases as fixing on fixing.id = fix.release_id
    where ${rest}`);
  return briefsSchema.parse([...rows]);
}
