import { sql } from "drizzle-orm";
import { z } from "zod";
import { type ReviewMailKind, reviewMailKinds } from "#server/domain/review.ts";
import type { Context } from "#server/kernel/context.ts";

/** One mail to whoever deployed what is watched. */
export interface ReviewMail {
  deploymentId: number;
  kind: ReviewMailKind;
  /** Null where nobody is to be told: the system deployed it, they have left, want none, or it is long over. */
  address: string | null;
  /** How often it was tried, this time included. */
  attempts: number;
}

const mostAttempts = 8;
/** As long as somebody who took it may need. */
const leaseSeconds = 60;
/** So long after the time to watch it nobody is told any more: there may have been no mail server. */
const oldNewsHours = 2;
const rowsSchema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    kind: z.enum(reviewMailKinds),
    address: z.string().nullable(),
    attempts: z.number(),
  }),
);

/** Takes the next mail to be sent, if there is one; whoever takes it has a minute. Each attempt waits twice as long. */
export async function claimReviewMail(ctx: Pick<Context, "db">): Promise<ReviewMail | null> {
  const rows = await ctx.db.execute(sql`
    with next as (
      select deployment_id, kind from review_mails
      where settled_at is null and next_at <= clock_timestamp()
      order by next_at limit 1 for update skip locked
    ), claimed as (
      update review_mails set attempts = attempts + 1,
        next_at = clock_timestamp() + ${leaseSeconds} * power(2, attempts) * interval '1 s'
      from next where review_mails.deployment_id = next.deployment_id and review_mails.kind = next.kind
      returning review_mails.deployment_id, review_mails.kind, attempts
    )
    select claimed.deployment_id as "deploymentId", claimed.kind, attempts, users.email as address
    from claimed join deployments on deployments.id = claimed.deployment_id
      join health_reviews on health_reviews.deployment_id = claimed.deployment_id
      left join users on users.id = requested_by and left_at is null and mails_reviews
        and watch_until > clock_timestamp() - ${oldNewsHours} * interval '1 hour'`);
  const [mail] = rowsSchema.parse([...rows]);
  return mail ?? null;
}

/** It was sent, or nobody is to be told. */
export async function settleReviewMail(
  ctx: Pick<Context, "db">,
  { deploymentId, kind }: Pick<ReviewMail, "deploymentId" | "kind">,
): Promise<void> {
  await ctx.db.execute(sql`
    update review_mails set settled_at = clock_timestamp()
    where deployment_id = ${deploymentId} and kind = ${kind} and settled_at is null`);
}

/** Whether a mail that was not taken is not worth another attempt. */
export function isGivenUp({ attempts }: ReviewMail, isPermanent: boolean): boolean {
  return isPermanent || attempts >= mostAttempts;
}
