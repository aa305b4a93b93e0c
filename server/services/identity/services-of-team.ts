import { asc, eq } from "drizzle-orm";
import { services } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** What a team owns, by name. */
export function listServicesOf(
  ctx: Context,
  teamName: string,
): Promise<{ id: number; slug: string; name: string }[]> {
  return ctx.db
    .select({ id: services.id, slug: services.slug, name: services.name })
    .from(services)
    .where(eq(services.team, teamName))
    .orderBy(asc(services.name), asc(services.id));
}

/** Tells open pages of these services that their team changed. */
export async function notifyServices(tx: Context, owned: readonly { id: number }[]): Promise<void> {
  await Promise.all(owned.map(({ id }) => notify(tx, "service", id)));
}
