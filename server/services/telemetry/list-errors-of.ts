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
    toldBy: z.enum(signalSources),
    total: z.coerce.number(),
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
  const rows = await ctx.db.execute(sql`
    with sums as (
      select known.id, counts.source, coalesce(sum(count) filter (where counts.release_id = ${releaseId}), 0) as of_new,
        coalesce(sum(count) filter (where counts.release_id <> ${releaseId}), 0) as of_old
      from ${errorGroups} as known join ${errorCounts} as counts on counts.group_id = known.id
      where known.service_environment_id = ${serviceEnvironmentId} and known.last_seen_at >= ${from.toISOString()}::timestamptz
        and counts.begins_at >= ${from.toISOString()}::timestamptz
        and counts.begins_at < ${input.to.toISOString()}::timestamptz
        and counts.release_id in (${releaseId}, ${previousReleaseId ?? -1})
      group by known.id, counts.source
    ), trusted as (
      select source from unnest(${sql.param([...signalSources])}::text[]) with ordinality as sources(source, place)
      where exists (select from sums where sums.source = sources.source) order by place limit 1
    )
    select known.id, fingerprint, type, message, culprit, first_release_id as "firstReleaseId",
      first_seen_at as "firstSeenAt", last_seen_at as "lastSeenAt", sample, of_new as "ofNew", of_old as "ofOld",
      sums.source as "toldBy", count(*) over () as total
    from trusted join sums on sums.source = trusted.source join ${errorGroups} as known on known.id = sums.id
    order by (first_release_id = ${releaseId} and of_old = 0) desc, of_new desc, of_old desc, known.id
    limit ${mostListed}`);
  const told = rowsSchema.parse([...rows]);
  const [first] = told;
  if (first === undefined)
    return { source: null, errors: [], total: 0, isTold: await hasAny(ctx, serviceEnvironmentId) };
  const errors = told.map(({ fingerprint, toldBy: _, total: __, ...error }) => ({
    ...error,
    isOther: fingerprint === otherErrors,
  }));
  return { source: first.toldBy, errors, total: first.total, isTold: true };
}

async function hasAny(ctx: Pick<Context, "db">, serviceEnvironmentId: number): Promise<boolean> {
  const [row] = await ctx.db
    .select({ id: errorGroups.id })
    .from(errorGroups)
    .where(eq(errorGroups.serviceEnvironmentId, serviceEnvironmentId))
    .limit(1);
  return row !== undefined;
}
