import { and, eq, isNull } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";

/** Keeps a service from being removed until the transaction ends. ConflictError where its removal was asked for. */
export async function holdService(tx: Context, slug: string): Promise<void> {
  const rows = await tx.db
    .select({ id: services.id })
    .from(services)
    .where(and(eq(services.slug, slug), isNull(services.removalRequestedAt)))
    .for("share");
  if (rows.length === 0) throw new ConflictError(`${slug} is being removed.`);
}
