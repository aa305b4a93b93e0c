import { sql } from "drizzle-orm";
import { z } from "zod";
import type { CountRow } from "#server/domain/request-counts.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

const answerSchema = z.object({ isKnown: z.boolean(), databaseMs: z.number() });

/**
 * Adds a router's counts to what is stored, once for each number of a batch, however often it is sent. Resolves with
 * the database's clock in milliseconds of Unix time. NotFoundError where the router is not registered: nothing is stored.
 */
export async function storeCounts(
  ctx: Pick<Context, "db">,
  { routerId, batch, rows }: { routerId: string; batch: number; rows: CountRow[] },
): Promise<number> {
  const [answer] = await ctx.db.execute(sql`
    with fresh as (
      update routers set counted_batch = ${batch} where id = ${routerId} and counted_batch < ${batch} returning id
    ), added as (
      insert into traffic_counts as known (service_environment_id, begins_at, seconds, release_id, route, half, by_share,
        requests, client_errors, server_errors, aborted, strays, latency)
      select place.id, to_timestamp(given."beginsAt"), given.seconds, given."releaseId", given.route, given.half, given."byShare",
        given.requests, given."clientErrors", given."serverErrors", given.aborted, given.strays, given.latency
      from fresh, jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given("serviceEnvironmentId" bigint,
        "releaseId" bigint, route text, half smallint, "byShare" boolean, "beginsAt" float8, seconds smallint, requests integer,
        "clientErrors" integer, "serverErrors" integer, aborted integer, strays integer, latency integer[])
      join service_environments place on place.id = given."serviceEnvironmentId"
      -- Routers that add to the same rows do so in one order, and so wait for each other instead of a deadlock.
      order by place.id, given."beginsAt", given.seconds, given."releaseId", given.route, given.half, given."byShare"
      on conflict (service_environment_id, begins_at, seconds, release_id, route, half, by_share) do update set
        requests = known.requests + excluded.requests,
        client_errors = known.client_errors + excluded.client_errors,
        server_errors = known.server_errors + excluded.server_errors,
        aborted = known.aborted + excluded.aborted,
        strays = known.strays + excluded.strays,
        latency = add_slots(known.latency, excluded.latency)
    )
    select exists (select from routers where id = ${routerId}) as "isKnown",
      extract(epoch from clock_timestamp())::float8 * 1000 as "databaseMs"`);
  const { isKnown, databaseMs } = answerSchema.parse(answer);
  if (!isKnown) throw new NotFoundError("The router is not registered.");
  return databaseMs;
}
