import { eq, inArray } from "drizzle-orm";
import { channelRules } from "#db/schema/broadcast.ts";
import { environments, services } from "#db/schema/services.ts";
import { type ChannelRule, mostRules } from "#server/domain/broadcast.ts";
import type { Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";

/** These and no others. ValidationError names the rule. */
export async function writeRules(
  ctx: Context,
  channelId: number,
  rules: readonly ChannelRule[],
): Promise<void> {
  if (rules.length > mostRules) throw new ValidationError(`At most ${mostRules} rules.`, "rules");
  const serviceIds = await idsOf(
    ctx,
    services,
    rules.flatMap(({ serviceSlug }) => serviceSlug ?? []),
  );
  const environmentIds = await idsOf(
    ctx,
    environments,
    rules.flatMap(({ environmentSlug }) => environmentSlug ?? []),
  );
  const values = rules.map(({ serviceSlug, environmentSlug, events }, place) => {
    if (events.length === 0) throw new ValidationError("Choose what is told.", `rules.${place}.events`);
    return {
      channelId,
      serviceId: idOf(serviceIds, serviceSlug, `rules.${place}.serviceSlug`),
      environmentId: idOf(environmentIds, environmentSlug, `rules.${place}.environmentSlug`),
      events: [...new Set(events)],
    };
  });
  await ctx.db.delete(channelRules).where(eq(channelRules.channelId, channelId));
  if (values.length > 0) await ctx.db.insert(channelRules).values(values);
}

async function idsOf(ctx: Context, table: typeof services | typeof environments, slugs: string[]) {
  if (slugs.length === 0) return new Map<string, number>();
  const rows = await ctx.db
    .select({ id: table.id, slug: table.slug })
    .from(table)
    .where(inArray(table.slug, slugs));
  return new Map(rows.map(({ id, slug }) => [slug, id]));
}

function idOf(ids: ReadonlyMap<string, number>, slug: string | null, field: string): number | null {
  if (slug === null) return null;
  const id = ids.get(slug);
  if (id === undefined) throw new ValidationError(`There is no ${slug}.`, field);
  return id;
}
