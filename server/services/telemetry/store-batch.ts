import { sql } from "drizzle-orm";
import { z } from "zod";
import type { ErrorSighting } from "#server/domain/error-sighting.ts";
import { packSlots } from "#server/domain/latency-slots.ts";
import type { CountRow } from "#server/domain/request-counts.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { storeErrors } from "./store-errors.ts";

/**
 * This room owns what services and routers tell of requests and errors: counts by release and route, from whichever source,
 * and what they come to by the minute and by the hour.
 */

export interface Batch {
  /** Whoever counts, for as long as it runs: one that begins anew is another. */
  counterId: string;
  /** 1, 2, …: one that was stored is not stored again, however often it is sent. */
  batch: number;
  counts: CountRow[];
  errors?: readonly ErrorSighting[];
}

/** A minute is summed when every counter has told of it; what comes later has it summed again, at once. */
const sumAfterSeconds = 75;

const answerSchema = z.object({ isFresh: z.boolean(), databaseMs: z.number() });

/**
 * Adds a batch to what is stored, all of it or nothing. Counts of more than a day ago, or of the future, are put down to the
 * nearest time that can be. Resolves with the database's clock in milliseconds of Unix time.
 */
export async function storeBatch(ctx: Context, batch: Batch): Promise<number> {
  try {
    return await inTransaction(ctx, (transaction) => store(transaction, batch));
  } catch (error) {
    if (!isWithoutPartition(error)) throw error;
    // The monitor makes days beforehand; what was counted does not depend on one that runs.
    await ctx.db.execute(
      sql`select open_counts(clock_timestamp() + days * interval '1 day') from generate_series(-1, 1) as days`,
    );
    return await inTransaction(ctx, (transaction) => store(transaction, batch));
  }
}

async function store(ctx: Context, { counterId, batch, counts, errors = [] }: Batch): Promise<number> {
  const rows = counts.map((row) => ({ ...row, latency: packSlots(row.latency) }));
  const [answer] = await ctx.db.execute(sql`
    with fresh as (
      insert into counters as known (id, stored_batch, heard_at) values (${counterId}, ${batch}, clock_timestamp())
      on conflict (id) do update set stored_batch = excluded.stored_batch, heard_at = excluded.heard_at
        where known.stored_batch < excluded.stored_batch
      returning id
    ), given as (
      select place.id as place_id, source, seconds, "releaseId" as release_id, route, half, "byShare" as by_share,
        least(greatest(to_timestamp("beginsAt"), date_trunc('minute', now() - interval '24 hours')),
          date_trunc('minute', now() + interval '1 minute')) as begins_at,
        sum(requests) as requests, sum("clientErrors") as client_errors, sum("serverErrors") as server_errors,
        sum(aborted) as aborted, sum(strays) as strays, sum(latency) as latency
      from fresh, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given("serviceEnvironmentId" bigint, source text,
        "releaseId" bigint, route text, half smallint, "byShare" boolean, "beginsAt" float8, seconds smallint, requests integer,
        "clientErrors" integer, "serverErrors" integer, aborted integer, strays integer, latency numeric)
      join service_environments place on place.id = "serviceEnvironmentId"
      group by 1, 2, 3, 4, 5, 6, 7, 8
    ), due as (
      insert into sums_due as known (service_environment_id, source, seconds, begins_at, due_at)
      select distinct place_id, source, 60, date_trunc('minute', begins_at),
        date_trunc('minute', begins_at) + ${sumAfterSeconds} * interval '1 second'
      from given order by 1, 2, 4
      -- Locks the row: what is counted here is not there yet for whoever sums.
      on conflict (service_environment_id, source, seconds, begins_at) do update set due_at = known.due_at
      returning 1
    ), added as (
      insert into request_counts as known (service_environment_id, source, begins_at, seconds, release_id, route, half,
        by_share, requests, client_errors, server_errors, aborted, strays, latency)
      select place_id, source, begins_at, seconds, release_id, route, half, by_share, requests, client_errors,
        server_errors, aborted, strays, latency
      -- The locks above come first.
      from given, (select count(*) from due) as locked
      -- Those who add to the same rows do so in one order, and so wait for each other instead of a deadlock.
      order by 1, 2, 3, 4, 5, 6, 7, 8
      on conflict (service_environment_id, source, begins_at, seconds, release_id, route, half, by_share) do update set
        requests = known.requests + excluded.requests,
        client_errors = known.client_errors + excluded.client_errors,
        server_errors = known.server_errors + excluded.server_errors,
        aborted = known.aborted + excluded.aborted,
        strays = known.strays + excluded.strays,
        latency = known.latency + excluded.latency
    )
    select exists (select from fresh) as "isFresh", extract(epoch from clock_timestamp())::float8 * 1000 as "databaseMs"`);
  const { isFresh, databaseMs } = answerSchema.parse(answer);
  if (isFresh && errors.length > 0) await storeErrors(ctx, errors);
  return databaseMs;
}

/** As PostgreSQL says it: a check was violated, and the message tells which. */
function isWithoutPartition(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (
    cause instanceof Error && "code" in cause && cause.code === "23514" && /no partition/.test(cause.message)
  );
}
