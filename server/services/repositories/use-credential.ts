import { eq } from "drizzle-orm";
import { repositoryCredentials } from "#db/schema/repositories.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { unused } from "./credential.ts";

/** Gives a service a credential that the actor has made, in place of the one before it, which is gone for good. */
export function useCredential(
  ctx: Context,
  service: { id: number; slug: string; repositoryUrl: string },
  credentialId: string,
): Promise<void> {
  demand(ctx, "manageServices", service.slug);
  return inTransaction(ctx, async (tx) => {
    const [before] = await tx.db
      .delete(repositoryCredentials)
      .where(eq(repositoryCredentials.serviceId, service.id))
      .returning();
    const { repositoryUrl } = service;
    const [after] = await tx.db
      .update(repositoryCredentials)
      .set({ serviceId: service.id })
      .where(unused(tx, { credentialId, repositoryUrl }))
      .returning();
    if (after === undefined) {
      throw new ConflictError(
        "This deploy key or token is gone, or is for another repository: make a new one.",
      );
    }
    await record(tx, {
      action: "repositories/use-credential",
      subject: `service:${service.slug}`,
      before: before === undefined ? {} : shown(before),
      after: shown(after),
    });
    await notify(tx, "service", service.id);
  });
}

/** What the audit log says of it. */
export function shown({ kind, username, publicKey }: typeof repositoryCredentials.$inferSelect) {
  return { kind, username, publicKey };
}
