import { sql } from "drizzle-orm";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { lockProgress } from "./progress.ts";

/**
 * The owner of the address wants it: from now on they are told, or at another pace than before. NotFoundError where the
 * link was used, or its time is over.
 */
export async function confirmSubscription(ctx: Context, linkId: string): Promise<void> {
  await inTransaction(ctx, async (tx) => {
    const revision = await lockProgress(tx);
    const [pending] = await tx.db.execute(sql`
      select id, address, service_id, cadence from subscriptions
      where link_id = ${linkId}::uuid and state = 'pending' and confirm_until > ${tx.now().toISOString()}::timestamptz
      for update`);
    if (pending === undefined) throw new NotFoundError("This link was used already, or its time is over.");
    // Who is told already goes on to be, under the links of the mails that they have.
    const [changed] = await tx.db.execute(sql`
      update subscriptions set cadence = ${pending.cadence}
      where address = ${pending.address} and service_id is not distinct from ${pending.service_id}::bigint
        and state = 'active' returning id`);
    if (changed === undefined) {
      await tx.db.execute(sql`
        update subscriptions set state = 'active', confirm_until = null, told_up_to = ${revision}, telling_id = null,
          next_try_at = null, attempts = 0, problem = null, lease_number = lease_number + 1
        where id = ${pending.id}`);
    } else await tx.db.execute(sql`delete from subscriptions where id = ${pending.id}`);
    // Whose it is nobody has to know who reads this.
    await record(tx, {
      action: "subscriptions/confirm",
      subject: `subscription:${changed?.id ?? pending.id}`,
      after: { cadence: pending.cadence },
    });
  });
}
