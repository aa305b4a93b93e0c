import { sql } from "drizzle-orm";
import { z } from "zod";
import { feedKindOf } from "#server/domain/feed.ts";
import type { MissingNote } from "#server/domain/missing-note.ts";
import type { Context } from "#server/kernel/context.ts";

/** Nobody remembers what an older release brought. */
const withinDays = 30;
const mostMissing = 20;

const schema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    serviceSlug: z.string(),
    serviceName: z.string(),
    environmentName: z.string(),
    releaseNumber: z.number(),
    sha: z.string(),
    liveSince: z.coerce.date().transform((at) => at.toISOString()),
  }),
);

/**
 * What the actor has put live in production of public services, and nobody has said what it brings: the newest first.
 * What brings no commit (restarts and their like) is looked through; where production was switched back, nothing is missing.
 */
export async function listMissingNotes(ctx: Context): Promise<MissingNote[]> {
  if (ctx.actor.kind !== "user") return [];
  const rows = await ctx.db.execute(sql`
    select live.id as "deploymentId", services.slug as "serviceSlug", services.name as "serviceName",
      environments.name as "environmentName", releases.number as "releaseNumber", live.sha,
      live.switched_at as "liveSince"
    from services
      join service_environments as place on place.service_id = services.id
      join environments on environments.id = place.environment_id
      cross join lateral (
        select id, kind, sha, release_id, requested_by, switched_at from deployments
        where service_environment_id = place.id and status = 'succeeded' and kind not in (${kindsOf("maintenance")})
          and switched_at > clock_timestamp() - ${withinDays} * interval '1 day'
        order by switched_at desc limit 1) as live
      join releases on releases.id = live.release_id
    where services.is_public and services.removal_requested_at is null
      and environments.is_production and environments.is_shown
      and live.requested_by = ${ctx.actor.id} and live.kind in (${kindsOf("release")})
      and not exists (
        select from note_dismissals as dismissed
        where dismissed.service_id = services.id and dismissed.sha = live.sha)
      and coalesce((
        select note.text from notes as note
        where note.service_id = services.id and note.sha = live.sha
        order by note.id desc limit 1), '') = ''
    order by live.switched_at desc limit ${mostMissing}`);
  return schema.parse([...rows]);
}

function kindsOf(feedKind: "release" | "maintenance") {
  const kinds = Object.entries(feedKindOf).flatMap(([kind, of]) => (of === feedKind ? [sql`${kind}`] : []));
  return sql.join(kinds, sql`, `);
}
