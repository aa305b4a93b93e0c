import { and, eq, sql } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import { type Publicity, publicContactSchema } from "#server/domain/publicity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { getService } from "./get-service.ts";

/** Says what of a service everybody may read, from now on and of what was before. ValidationError names the field. */
export async function setPublicity(ctx: Context, slug: string, wish: Publicity): Promise<void> {
  demand(ctx, "manageServices", slug);
  const contact = parseField("contact", publicContactSchema, wish.contact);
  const { isPublic, byline } = wish;
  await inTransaction(ctx, async (tx) => {
    const { id, publicity: before } = await getService(tx, slug);
    const changed = await tx.db
      .update(services)
      .set({ isPublic, publicByline: byline, publicContact: contact })
      .where(
        and(
          eq(services.id, id),
          sql`(is_public, public_byline, public_contact) is distinct from (${isPublic}::boolean, ${byline}::text, ${contact}::text)`,
        ),
      )
      .returning({ id: services.id });
    if (changed.length === 0) return;
    await record(tx, {
      action: "services/set-publicity",
      subject: `service:${slug}`,
      before: { ...before },
      after: { isPublic, byline, contact },
    });
    await notify(tx, "service", id);
    // Open pages of the public feed are read anew.
    await notify(tx, "feed", "reset");
  });
}
