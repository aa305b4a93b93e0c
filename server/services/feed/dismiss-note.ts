import { noteDismissals } from "#db/schema/feed.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Says that a commit changes nothing for users, so that nobody is asked for a note. Said before, it changes nothing. */
export async function dismissNote(
  ctx: Context,
  service: { id: number; slug: string },
  sha: string,
): Promise<void> {
  const { name } = demandPerson(ctx, "deploy");
  await inTransaction(ctx, async (tx) => {
    const dismissed = await tx.db
      .insert(noteDismissals)
      .values({ serviceId: service.id, sha, dismissedByName: name })
      .onConflictDoNothing()
      .returning({ sha: noteDismissals.sha });
    if (dismissed.length === 0) return;
    await record(tx, {
      action: "feed/dismiss-note",
      subject: `service:${service.slug}`,
      after: { sha },
    });
    await notify(tx, "service", service.id);
  });
}
