import { eq } from "drizzle-orm";
import { repositoryCredentials } from "#db/schema/repositories.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { shown } from "./use-credential.ts";

/** Takes a service its credential; true where it had one. */
export function removeCredential(ctx: Context, service: { id: number; slug: string }): Promise<boolean> {
  demand(ctx, "manageServices", service.slug);
  return inTransaction(ctx, async (tx) => {
    const [before] = await tx.db
      .delete(repositoryCredentials)
      .where(eq(repositoryCredentials.serviceId, service.id))
      .returning();
    if (before === undefined) return false;
    await record(tx, {
      action: "repositories/remove-credential",
      subject: `service:${service.slug}`,
      before: shown(before),
    });
    await notify(tx, "service", service.id);
    return true;
  });
}
