import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { type FeedRow, feedRowSchema } from "#server/domain/feed-row.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(feedRowSchema);

/** The lines whose `id` stands in `picked`, a subquery of few rows, newest first. */
export async function readFeedRows(ctx: Context, picked: SQL): Promise<FeedRow[]> {
  const rows = await ctx.db.execute(sql`
    select item.public_id as "publicId", item.kind, item.state, item.happened_at as "happenedAt",
      case when services.id is not null then jsonb_build_object(
        'slug', services.slug, 'name', services.name, 'team', services.team,
        'isPublic', services.is_public and services.removal_requested_at is null,
        'byline', services.public_byline, 'contact', services.public_contact) end as service,
      case when environments.id is not null then jsonb_build_object(
        'slug', environments.slug, 'name', environments.name, 'isShown', environments.is_shown) end as environment,
      case when deployments.id is not null then jsonb_build_object(
        'id', deployments.id, 'kind', deployments.kind, 'subject', deployments.subject,
        'requestedByName', deployments.requested_by_name, 'isByPerson', deployments.requested_by is not null,
        'releaseNumber', releases.number, 'scheduledFor', deployments.scheduled_for, 'startedAt', deployments.started_at, 'switchedAt', deployments.switched_at,
        'finishedAt', deployments.finished_at, 'failedStep', deployments.failed_step) end as deployment,
      case when note.id is not null then jsonb_build_object(
        'kind', note.kind, 'text', note.text, 'linkUrl', note.link_url,
        'picture', case when picture.id is not null then jsonb_build_object(
          'id', picture.id, 'description', note.picture_description,
          'width', picture.width, 'height', picture.height) end) end as note,
      case when holds.id is not null then jsonb_build_object(
        'reason', holds.reason, 'placedByName', holds.placed_by_name, 'endsAt', holds.ends_at,
        'endedAt', coalesce(holds.ended_at, case when holds.ends_at <= clock_timestamp() then holds.ends_at end)
      ) end as hold,
      case when incidents.id is not null then jsonb_build_object(
        'id', incidents.id, 'title', incidents.title, 'beganAt', incidents.began_at, 'recoveredAt', incidents.recovered_at,
        'requests', incidents.requests, 'affected', incidents.affected, 'mitigation', incidents.mitigation,
        'update', (
          select text from incident_events where incident_id = incidents.id and incident_events.kind = 'update'
          order by incident_events.id desc limit 1),
        'fix', case when fix.id is not null then jsonb_build_object(
          'kind', fix.kind, 'releaseNumber', fixing.number, 'requestedByName', fix.requested_by_name,
          'isByPerson', fix.requested_by is not null, 'authorName', fix.author_name) end) end as incident
    from (${picked}) as picked
      join feed_items as item on item.id = picked.id
      left join deployments on deployments.id = item.deployment_id
      left join releases on releases.id = deployments.release_id
      left join service_environments on service_environments.id = item.service_environment_id
      left join services on services.id = service_environments.service_id
      left join environments
        on environments.id = coalesce(service_environments.environment_id, item.environment_id)
      left join holds on holds.id = item.hold_id
      left join incidents on incidents.id = item.incident_id
      left join deployments as fix on fix.id = incidents.mitigating_deployment_id
      left join releases as fixing on fixing.id = fix.release_id
      left join lateral (
        select * from notes
        where notes.service_id = services.id and notes.sha = deployments.sha
        order by notes.id desc limit 1) as note on true
      left join note_pictures as picture on picture.id = note.picture_id
    order by item.happened_at desc, item.id desc`);
  return rowsSchema.parse([...rows]);
}
