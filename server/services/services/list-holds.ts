import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import { holds } from "#db/schema/holds.ts";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import type { Hold } from "#server/domain/holds.ts";
import type { Context } from "#server/kernel/context.ts";

const mostHolds = 200;

/** The holds of this moment, the first to end first. */
export async function listHolds(ctx: Context): Promise<Hold[]> {
  const rows = await ctx.db
    .select({ hold: holds, environment: environments, service: services })
    .from(holds)
    .leftJoin(serviceEnvironments, eq(serviceEnvironments.id, holds.serviceEnvironmentId))
    .leftJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .leftJoin(
      environments,
      sql`${environments.id} = coalesce(${holds.environmentId}, ${serviceEnvironments.environmentId})`,
    )
    .where(and(isNull(holds.endedAt), gt(holds.endsAt, ctx.now())))
    .orderBy(asc(holds.endsAt))
    .limit(mostHolds);
  return rows.map(({ hold, environment, service }) => ({
    id: hold.id,
    scope: scopeOf(environment, service),
    reason: hold.reason,
    placedByName: hold.placedByName,
    placedAt: hold.placedAt.toISOString(),
    endsAt: hold.endsAt.toISOString(),
  }));
}

type Named = { slug: string; name: string } | null;

function scopeOf(environment: Named, service: Named): Hold["scope"] {
  if (environment === null) return { kind: "everything" };
  const place = { environmentSlug: environment.slug, environmentName: environment.name };
  if (service === null) return { kind: "environment", ...place };
  return { kind: "service", serviceSlug: service.slug, serviceName: service.name, ...place };
}
