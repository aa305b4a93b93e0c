import { type SQL, sql } from "drizzle-orm";
import { feedChanges, feedItems } from "#db/schema/feed.ts";
import { type FeedState, feedKindOf } from "#server/domain/feed.ts";
import type { Context } from "#server/kernel/context.ts";

/**
 * The feed: what happened, as internal and public readers see it, and what is told of it. A line is written in the
 * transaction of what it is about, by whichever room does that: this file is the one that every room may import.
 */

/** Has the deployment's line say this; makes the line where there is none yet. Call it in the transaction of the event. */
export async function publishDeployment(tx: Context, deploymentId: number, state: FeedState): Promise<void> {
  const told = sql`(values (${deploymentId}::bigint)) as told (id)`;
  await tx.db.execute(sql`with ${publishingDeployments(state, told)} select from feed_change`);
}

/**
 * The same as parts of a statement's `with`, for the deployments whose `id` stands in `source`: who claims one cannot
 * afford a second round trip.
 */
export function publishingDeployments(state: FeedState, source: SQL): SQL {
  const kinds = Object.entries(feedKindOf).map(([kind, feedKind]) => sql`when ${kind} then ${feedKind}`);
  return sql`
    feed_item as (
      insert into ${feedItems} as item (service_environment_id, kind, state, happened_at, deployment_id)
      select deployments.service_environment_id, case deployments.kind ${sql.join(kinds, sql` `)} end, ${state},
        clock_timestamp(), deployments.id
      from ${source} join deployments using (id)
      on conflict (deployment_id) do update set state = excluded.state,
        happened_at = case excluded.state when 'started' then excluded.happened_at else item.happened_at end
      returning id, state
    ), feed_change as (
      insert into ${feedChanges} (item_id, word) select id, state from feed_item returning id
    )`;
}

/** Has those who are told beforehand be told of the deployment. Call it in the transaction of its request. */
export async function publishAnnouncement(tx: Context, deploymentId: number): Promise<void> {
  await tx.db.execute(sql`
    insert into ${feedChanges} (item_id, word)
    select id, 'announced' from feed_items where deployment_id = ${deploymentId}`);
}

/** Has the hold's line say that it is placed or lifted. Call it in the transaction of the event. */
export async function publishHold(tx: Context, holdId: number, state: "held" | "lifted"): Promise<void> {
  await tx.db.execute(sql`
    with feed_item as (
      insert into ${feedItems} (service_environment_id, environment_id, kind, state, happened_at, hold_id)
      select service_environment_id, environment_id, 'hold', ${state}, placed_at, id from holds where id = ${holdId}
      on conflict (hold_id) do update set state = excluded.state
      returning id, state
    )
    insert into ${feedChanges} (item_id, word) select id, state from feed_item`);
}

type IncidentLine =
  | { kind: "recovery"; state: "opened" | "recovered" | "cancelled" }
  | { kind: "incident"; state: "ongoing" | "over" };

/**
 * Has the incident's line say this: the one for the team (`recovery`), or the one for everybody (`incident`), which a person
 * alone makes. A recovery stands where it happened. Call it in the transaction of the event.
 */
export async function publishIncident(tx: Context, incidentId: number, line: IncidentLine): Promise<void> {
  const happenedAt = line.state === "recovered" ? sql`recovered_at` : sql`began_at`;
  await tx.db.execute(sql`
    with feed_item as (
      insert into ${feedItems} as item (service_environment_id, kind, state, happened_at, incident_id)
      select service_environment_id, ${line.kind}, ${line.state}, coalesce(${happenedAt}, began_at), id
      from incidents where id = ${incidentId}
      on conflict (incident_id, kind) do update set state = excluded.state, happened_at = excluded.happened_at
      returning id, state
    )
    insert into ${feedChanges} (item_id, word) select id, state from feed_item`);
}

/** The same for a line that there may be: none is made. */
export async function publishIncidentChange(
  tx: Context,
  incidentId: number,
  line: IncidentLine,
): Promise<void> {
  await tx.db.execute(sql`
    with feed_item as (
      update ${feedItems} set state = ${line.state}
      where incident_id = ${incidentId} and kind = ${line.kind} and state <> ${line.state}
      returning id, state
    )
    insert into ${feedChanges} (item_id, word) select id, state from feed_item`);
}

/** Has every line that ships this commit show its newest note. */
export async function publishNote(tx: Context, shipped: { serviceId: number; sha: string }): Promise<void> {
  await tx.db.execute(sql`
    insert into ${feedChanges} (item_id, word)
    select feed_items.id, 'note' from service_environments
      join deployments on deployments.service_environment_id = service_environments.id and deployments.sha = ${shipped.sha}
      join feed_items on feed_items.deployment_id = deployments.id
    where service_environments.service_id = ${shipped.serviceId}`);
}
