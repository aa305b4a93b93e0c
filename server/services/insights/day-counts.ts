import { type SQL, sql } from "drizzle-orm";
import { commitBounds, lineBounds, slotBoundsMs } from "#server/domain/insight-counts.ts";
import { changeKinds, confirmedStates } from "#server/domain/insights.ts";

/** A service environment and a day, in UTC. */
export interface PlaceDay {
  place: number;
  day: string;
}

/** The rows `days (place, day, begins_at, ends_at)` of a statement. */
export function daysTable(days: readonly PlaceDay[]): SQL {
  return sql`days as (
    select place, day, day::timestamp at time zone 'UTC' as begins_at,
      (day + 1)::timestamp at time zone 'UTC' as ends_at
    from jsonb_to_recordset(${JSON.stringify(days)}::jsonb) as given (place bigint, day date))`;
}

/** Kinds and states are words of ours, and bounds numbers: they stand in the statement as they are. */
export const words = (list: readonly string[]) => sql.raw(list.map((word) => `'${word}'`).join(", "));
const numbers = (list: readonly number[]) => sql.raw(`array[${list.join(", ")}]::bigint[]`);
/** In whole milliseconds. */
const between = (from: SQL, to: SQL) =>
  sql`greatest(0, floor(extract(epoch from ${to} - ${from}) * 1000))::bigint`;
const recovery = between(sql`switched_at`, sql`recovered_at`);
const sinceBegin = (to: string) => between(sql`began_at`, sql.raw(to));

/** Whether the row of this name in `deployments` put another release in the place of the one before it. */
export const isChange = (name: string) => {
  const row = sql.raw(name);
  return sql`${row}.kind in (${words(changeKinds)}) and ${row}.release_id is not null and ${row}.release_id is distinct from (
    select release_id from deployments former
    where former.service_environment_id = ${row}.service_environment_id and former.switched_at < ${row}.switched_at
    order by former.switched_at desc limit 1)`;
};

/** The change that brought what a remedy, the row `remedy`, took away. */
export const remediedChange = sql`
  select change.id, change.switched_at from deployments change
  where change.service_environment_id = remedy.service_environment_id and change.switched_at < remedy.switched_at
    and change.release_id = remedy.previous_release_id and ${isChange("change")}
  order by change.switched_at desc limit 1`;

/**
 * Each change of these days with what came of it. It failed where an incident names it, where its release was switched
 * back from, or where a roll-forward from its release ended an incident.
 */
const judged = sql`
  changes as (
    select deployments.id, place, day, switched_at, release_id
    from days cross join lateral (
      select * from deployments
      where service_environment_id = place and switched_at >= begins_at and switched_at < ends_at offset 0) as deployments
    where ${isChange("deployments")}
  ), judged as (
    select changes.*, commits, lines_changed, committed_at, incidents.n > 0 or remedied_at is not null as failed,
      case when incidents.n = 0 then remedied_at when incidents.recovered = incidents.n then incidents.recovered_at end
        as recovered_at
    from changes
      left join deployment_batches on deployment_id = changes.id
      cross join lateral (
        select count(*) as n, count(recovered_at) as recovered, max(recovered_at) as recovered_at
        from incidents where incidents.deployment_id = changes.id and state in (${words(confirmedStates)})) as incidents
      cross join lateral (
        select min(remedy.switched_at) as remedied_at from deployments remedy
        where remedy.service_environment_id = changes.place and remedy.previous_release_id = changes.release_id
          and remedy.kind in ('switch-back','roll-forward') and remedy.switched_at is not null
          and remedy.switched_at > changes.switched_at
          and (remedy.kind = 'switch-back' or exists (
            select from incidents where mitigating_deployment_id = remedy.id and state in (${words(confirmedStates)})))
          and changes.id = (select id from (${remediedChange}) as change)) as remedies)`;

const sizes = (measure: "commits" | "lines", column: SQL, bounds: readonly number[]) => {
  const size = sql`width_bucket(${column}::bigint, ${numbers(bounds)})`;
  const name = (suffix: string) => sql.raw(`'${measure}${suffix}'`);
  return sql`
    union all select place, day, ${name("")}, ${size}, null from judged where ${column} is not null
    union all select place, day, ${name("-failed")}, ${size}, null from judged where ${column} is not null and failed
    union all select place, day, ${name("-recovery")}, ${size}, ${recovery}
      from judged where ${column} is not null and recovered_at is not null`;
};

/**
 * What the days count, a row for each thing: (place, day, measure, size, duration_ms). To be put after `with`.
 * By `offset 0` rows are looked up for each day by their index: how few a day has, PostgreSQL cannot know beforehand, and it
 * would rather read the whole history.
 */
export function thingsOf(days: readonly PlaceDay[]): SQL {
  return sql`${daysTable(days)}, ${judged}, felt as (
    select place, day, began_at, detected_at, coalesce(mitigated_at, recovered_at) as mitigated_at, recovered_at
    from days cross join lateral (
      select * from incidents
      where service_environment_id = place and began_at >= begins_at and began_at < ends_at offset 0) as incidents
    where state in (${words(confirmedStates)})
  ), things (place, day, measure, size, duration_ms) as (
    select place, day, 'deployments', 0, null::bigint from judged
    union all select place, day, 'failures', 0, null from judged where failed
    union all select place, day, 'unrecovered', 0, null from judged where failed and recovered_at is null
    union all select place, day, 'recovery-time', 0, ${recovery} from judged where recovered_at is not null
    union all select place, day, 'lead-time', 0, ${between(sql`committed`, sql`switched_at`)}
      from judged cross join unnest(committed_at) as committed
    ${sizes("commits", sql`commits`, commitBounds)}
    ${sizes("lines", sql`lines_changed`, lineBounds)}
    union all select place, day, 'incidents', 0, null from felt
    union all select place, day, 'detect', 0, ${sinceBegin("detected_at")} from felt
    union all select place, day, 'mitigate', 0, ${sinceBegin("mitigated_at")} from felt where mitigated_at is not null
    union all select place, day, 'recover', 0, ${sinceBegin("recovered_at")} from felt where recovered_at is not null
    union all select place, day, 'reviews-' || state, 0, null
      from days cross join lateral (
        select state from health_reviews
        where service_environment_id = place and opened_at >= begins_at and opened_at < ends_at offset 0) as reviews
      where state <> 'open')`;
}

/** The slot of a thing; 0 where it is no duration. */
export const slotOfThing = sql`coalesce(width_bucket(duration_ms, ${numbers(slotBoundsMs)}), 0)`;
