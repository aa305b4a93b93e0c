import { eq, sql } from "drizzle-orm";
import { z } from "zod";
import { errorCounts, errorGroups } from "#db/schema/errors.ts";
import { type ErrorSample, otherErrors } from "#server/domain/error-sighting.ts";
import { type SignalSource, signalSources } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";

const moment = z.coerce.date().transform((at) => at.toISOString());
const rowsSchema = z.array(
  z.object({
    id: z.coerce.number(),
    fingerprint: z.string(),
    type: z.string(),
    message: z.string(),
    culprit: z.string().nullable(),
    firstReleaseId: z.coerce.number(),
    firstSeenAt: moment,
    lastSeenAt: moment,
    // Written by the one verb that stores it.
    sample: z.custom<ErrorSample>(),
    ofNew: z.coerce.number(),
    ofOld: z.coerce.number(),
  }),
);

export interface ListedError {
  id: number;
  /** Whether it stands for all those that there was no room for. */
  isOther: boolean;
  type: string;
  message: string;
  culprit: string | null;
  firstReleaseId: number;
  firstSeenAt: string;
  lastSeenAt: string;
  sample: ErrorSample;
  /** How often each of the two told of it in that time. */
  ofNew: number;
  ofOld: number;
}

export interface ErrorsOfReleases {
  source: SignalSource | null;
  errors: ListedError[];
  /** All that there are in this time. */
  total: number;
  /** Whether the service environment ever told of one, in whatever time. */
  isTold: boolean;
}

const mostListed = 100;

/**
 * What two releases told of errors in minutes that begin from `from` on and before `to`: at most a hundred kinds, those of which the
 * first release was the first to tell before the others, each the most frequent first. All of it is said by one source, the most
 * trusted that told of any.
 */
export async function listErrorsOf(
  ctx: Pick<Context, "db">,
  input: {
    serviceEnvironmentId: number;
    releaseId: number;
    previousReleaseId: number | null;
    from: Date;
    to: Date;
  },
): Promise<ErrorsOfReleases> {
  const { serviceEnvironmentId, releaseId, previousReleaseId } = input;
  const from = new Date(Math.floor(input.from.getTime() / 60_000) * 60_000);
  const counted = sql`
    from ${errorGroups} as known join ${errorCounts} as counts on counts.group_id = known.id
    where known.service_environment_id = ${serviceEnvironmentId} and known.last_seen_at >= ${from.toISOString()}::timestamptz
      and counts.begins_at >= ${from.toISOString()}::timestamptz
      and counts.begins_at < ${input.to.toISOString()}::timestamptz
      and counts.release_id in (${releaseId}, ${previousReleaseId ?? -1})`;
  const sources = await ctx.db.execute<{ source: SignalSource }>(
    sql`select distinct counts.source ${counted}`,
  );
  const told = new Set([...sources].map(({ source }) => source));
  const source = signalSources.find((one) => told.has(one)) ?? null;
  if (source === null)
    return { source, errors: [], total: 0, isTold: await hasAny(ctx, serviceEnvironmentId) };
  const rows = await ctx.db.execute(sql`
    with sums as (
      select known.id, coalesce(sum(count) filter (where counts.release_id = ${releaseId}), 0) as of_new,
        coalesce(sum(count) filter (where counts.release_id <> ${releaseId}), 0) as of_old
      ${counted} and counts.source = ${source} group by known.id
    )
    select known.id, fingerprint, type, message, culprit, first_release_id as "firstReleaseId",
      first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt", sample, of_new as "ofNew", of_old as "ofOld",
      count(*) over () as total
    from sums join ${errorGroups} as known on known.id = sums.id
    order by (first_release_id = ${releaseId} and of_old = 0) desc, of_new desc, of_old desc, known.id
    limit ${mostListed}`);
  const total = Number((rows[0] as { total?: unknown } | undefined)?.total ?? 0);
  const errors = rowsSchema
    .parse([...rows])
    .map(({ fingerprint, ...error }) => ({ ...error, isOther: fingerprint === otherErrors }));
  return { source, errors, total, isTold: true };
}

async function hasAny(ctx: Pick<Context, "db">, serviceEnvironmentId: number): Promise<boolean> {
  const [row] = await ctx.db
    .select({ id: errorGroups.id })
    .from(errorGroups)
    .where(eq(errorGroups.serviceEnvironmentId, serviceEnvironmentId))
    .limit(1);
  return row !== undefined;
}
