import { sql } from "drizzle-orm";
import { errorCounts, errorGroups } from "#db/schema/errors.ts";
import { cutText } from "#server/domain/cut-text.ts";
import { culpritOf, type ErrorSighting, otherErrors } from "#server/domain/error-sighting.ts";
import type { Context } from "#server/kernel/context.ts";

/** So many kinds of errors a service environment has: what a service makes up cannot fill the disk. */
export const mostErrorGroups = 1_000;

/** Of a group that goes on, an example is kept for so long, unless another release tells of it. */
const keepSampleSeconds = 60;
const mostOfCulprit = 400;

/** A sighting as it is handed to the database. */
interface Given {
  place: number;
  fingerprint: string;
  release: number;
  source: string;
  /** Seconds of Unix time. */
  minute: number;
  count: number;
  type: string;
  message: string;
  culprit: string | null;
  sample: unknown;
}

/**
 * Adds what was seen to the groups that it belongs to; to be called in the transaction that makes sure that it is added once.
 * Kinds that there is no room for are counted as one of their own. Minutes of more than a day ago, or of the future, are put
 * down to the nearest that can be.
 */
export async function storeErrors(ctx: Context, sightings: readonly ErrorSighting[]): Promise<void> {
  const known = await findKnown(ctx, sightings);
  const hasRoomFor = await openRooms(ctx, known, sightings);
  const given = sightings.map((sighting) => toGiven(hasRoomFor(sighting) ? sighting : asOther(sighting)));
  await add(ctx, given);
}

/** Counted, and no more known of it. */
export function asOther({
  serviceEnvironmentId,
  releaseId,
  source,
  beginsAt,
  count,
}: ErrorSighting): ErrorSighting {
  return {
    ...{ serviceEnvironmentId, releaseId, source, beginsAt, count },
    ...{ fingerprint: otherErrors, type: "Other errors", frames: [], route: null },
    message: `Of more than ${mostErrorGroups.toLocaleString("en")} kinds that this service tells of: what differs from one to the next should not stand in their words.`,
  };
}

function toGiven(sighting: ErrorSighting): Given {
  const { message, frames, route, releaseId, type } = sighting;
  const culprit = culpritOf(frames);
  return {
    place: sighting.serviceEnvironmentId,
    fingerprint: sighting.fingerprint,
    release: releaseId,
    source: sighting.source,
    minute: sighting.beginsAt - (sighting.beginsAt % 60),
    count: sighting.count,
    ...{ type, message },
    culprit: culprit === null ? null : cutText(culprit, mostOfCulprit),
    sample: { message, frames, route, releaseId },
  };
}

const keyOf = (place: number, fingerprint: string) => `${place} ${fingerprint}`;

async function findKnown(ctx: Context, sightings: readonly ErrorSighting[]): Promise<Set<string>> {
  const keys = sightings.map(({ serviceEnvironmentId: place, fingerprint }) => ({ place, fingerprint }));
  const rows = await ctx.db.execute<{ place: string; fingerprint: string }>(sql`
    select distinct service_environment_id as place, known.fingerprint
    from jsonb_to_recordset(${JSON.stringify(keys)}::jsonb) as given(place bigint, fingerprint text)
    join ${errorGroups} as known on known.service_environment_id = place and known.fingerprint = given.fingerprint`);
  return new Set([...rows].map(({ place, fingerprint }) => keyOf(Number(place), fingerprint)));
}

/**
 * Says of each whether it is known or may become so. Whoever brings new ones waits here for others who do, before a row is
 * locked, and so sees how many there are.
 */
async function openRooms(
  ctx: Context,
  known: ReadonlySet<string>,
  sightings: readonly ErrorSighting[],
): Promise<(sighting: ErrorSighting) => boolean> {
  const isKnown = (one: ErrorSighting) => known.has(keyOf(one.serviceEnvironmentId, one.fingerprint));
  const isNew = (one: ErrorSighting) => !isKnown(one) && one.fingerprint !== otherErrors;
  const places = [...new Set(sightings.filter(isNew).map((one) => one.serviceEnvironmentId))];
  if (places.length === 0) return () => true;
  const ordered = sql.param(places.sort((one, other) => one - other));
  await ctx.db.execute(
    sql`select pg_advisory_xact_lock(7202630, (place % 2147483647)::int) from unnest(${ordered}::bigint[]) as place`,
  );
  const rows = await ctx.db.execute<{ place: string; groups: string }>(sql`
    select place, (select count(*) from ${errorGroups} where service_environment_id = place) as groups
    from unnest(${ordered}::bigint[]) as place`);
  const room = new Map(
    [...rows].map(({ place, groups }) => [Number(place), mostErrorGroups - Number(groups)]),
  );
  const admitted = new Set<string>();
  return (one) => {
    if (!isNew(one)) return true;
    const key = keyOf(one.serviceEnvironmentId, one.fingerprint);
    const left = room.get(one.serviceEnvironmentId) ?? 0;
    if (admitted.has(key)) return true;
    if (left <= 0) return false;
    room.set(one.serviceEnvironmentId, left - 1);
    admitted.add(key);
    return true;
  };
}

/** Rows are locked in one order, groups before what is counted of them: whoever adds to the same ones waits instead of a deadlock. */
async function add(ctx: Context, given: readonly Given[]): Promise<void> {
  await ctx.db.execute(sql`
    with given as (
      select place, fingerprint, release, source, type, message, culprit, sample, count,
        least(greatest(to_timestamp(minute), date_trunc('minute', now() - interval '24 hours')),
          date_trunc('minute', now() + interval '1 minute')) as minute
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb) as given(place bigint, fingerprint text, release bigint,
        source text, minute float8, count integer, type text, message text, culprit text, sample jsonb)
      join service_environments on service_environments.id = place
    ), latest as (
      select distinct on (place, fingerprint) *,
        min(minute) over (partition by place, fingerprint) as first_minute
      from given order by place, fingerprint, minute desc
    ), groups as (
      insert into ${errorGroups} as known (service_environment_id, fingerprint, type, message, culprit, source, first_release_id,
        first_seen_at, last_seen_at, sample)
      select place, fingerprint, type, message, culprit, source, release, first_minute, minute, sample
      from latest order by place, fingerprint
      on conflict (service_environment_id, fingerprint) do update set
        last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
        (type, message, culprit, sample) = (
          select case when isDue then excluded.type else known.type end,
            case when isDue then excluded.message else known.message end,
            case when isDue then excluded.culprit else known.culprit end,
            case when isDue then excluded.sample else known.sample end
          from (select known.sample -> 'releaseId' <> excluded.sample -> 'releaseId'
            or known.last_seen_at < excluded.last_seen_at - ${keepSampleSeconds} * interval '1 second' as isDue) as age
        )
      returning id, service_environment_id, fingerprint
    )
    insert into ${errorCounts} as known (group_id, begins_at, release_id, source, count)
    select groups.id, minute, release, given.source, sum(count)
    from given join groups on groups.service_environment_id = place and groups.fingerprint = given.fingerprint
    group by 1, 2, 3, 4 order by 1, 2, 3, 4
    on conflict (group_id, begins_at, release_id, source) do update set count = known.count + excluded.count`);
}
