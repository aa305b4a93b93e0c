import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { stepNames, transitions } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { isUniqueViolation } from "#server/kernel/unique-violation.ts";
import { publishingDeployments } from "#server/services/feed/publish.ts";
import { allows } from "./allows.ts";
import { askedLabel } from "./asked-label.ts";
import { type Lease, leaseEnd } from "./lease.ts";

export interface Claimed extends Lease {
  /** The first step that has work to do: the claim itself has started it. */
  firstStep: (typeof stepNames)[number] | null;
}

const rowsSchema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    leaseNumber: z.number(),
    firstStep: z.enum(stepNames).nullable(),
  }),
);

/** Takes the next deployment that may run now, switch-backs first; null where none may. */
export async function claim(ctx: Context, input: { workerId: number }): Promise<Claimed | null> {
  for (;;) {
    const claimed = await tryToClaim(ctx, input.workerId);
    if (claimed !== "beaten") return claimed;
  }
}

/** The lease and the first step's start in one statement, since somebody waits for it. */
async function tryToClaim(ctx: Context, workerId: number): Promise<Claimed | null | "beaten"> {
  try {
    const rows = await ctx.db.execute(sql`
      with claimed as (
        update deployments set status = ${transitions.claim.to}, lease_worker_id = ${workerId},
          lease_number = lease_number + 1, lease_expires_at = ${leaseEnd}, started_at = clock_timestamp(),
          log_day = coalesce(log_day, (clock_timestamp() at time zone 'utc')::date)
        where id = (${nextInQueue(workerId)}) and ${allows("claim")}
        returning id, lease_number
      ), started as (
        update steps set status = 'running', started_at = clock_timestamp(), ended_at = null, detail = null
        from claimed
        where steps.deployment_id = claimed.id and steps.position = (
          select min(position) from steps
          where steps.deployment_id = claimed.id and steps.status = 'pending')
        returning steps.name
      ), ${publishingDeployments("started", sql`claimed`)}
      select claimed.id as "deploymentId", claimed.lease_number as "leaseNumber", started.name as "firstStep"
      from claimed left join started on true`);
    const [claimed] = rowsSchema.parse([...rows]);
    return claimed === undefined ? null : { ...claimed, workerId };
  } catch (error) {
    // Two claimers met at one service environment: the index let one through, so look again.
    if (isUniqueViolation(error, "deployments_one_running")) return "beaten";
    throw error;
  }
}

/** One whose time has still to come is passed by, and nobody waits behind it. */
const mayStart = (alias: SQL) =>
  sql`(${alias}.scheduled_for is null or ${alias}.schedule_reached_at is not null)`;

/** As in `oldestFirst`, with switch-backs before all others. */
const place = (alias: SQL) =>
  sql`${alias}.kind <> 'switch-back', coalesce(${alias}.schedule_reached_at, ${alias}.requested_at), ${alias}.id`;

const queued = sql`queued`;
const ahead = sql`ahead`;

/**
 * The head of the oldest queue whose service environment runs nothing and does not ask for a label that the worker
 * lacks, locked; other claimers pass it by. A subquery a row, since a join's plan gets slow where much waits for nobody.
 */
const nextInQueue = (workerId: number) => sql`
  select queued.id from deployments queued
  where queued.status = 'queued' and queued.cancel_requested_at is null and ${mayStart(queued)}
    and (
      select asked.label is null
        or asked.label = any ((select labels from workers where workers.id = ${workerId})::text[])
      from (select ${askedLabel(queued)} as label) asked)
    and not exists (
      select 1 from deployments running
      where running.service_environment_id = queued.service_environment_id and running.status = 'running')
    and not exists (
      select 1 from deployments ahead
      where ahead.service_environment_id = queued.service_environment_id and ahead.status = 'queued'
        and ${mayStart(ahead)} and (${place(ahead)}) < (${place(queued)}))
  order by ${place(queued)}
  limit 1 for update skip locked`;
