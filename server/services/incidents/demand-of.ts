import { eq } from "drizzle-orm";
import { incidents } from "#db/schema/incidents.ts";
import { serviceEnvironments, services } from "#db/schema/services.ts";
import type { Permission } from "#server/domain/permissions.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

export interface IncidentPlace {
  serviceEnvironmentId: number;
  serviceSlug: string;
}

/** Where it is; NotFoundError where there is none, ForbiddenError where the actor lacks the permission for its service. */
export async function demandOf(
  ctx: Context,
  permission: Permission,
  incidentId: number,
): Promise<IncidentPlace> {
  const [place] = await ctx.db
    .select({ serviceEnvironmentId: incidents.serviceEnvironmentId, serviceSlug: services.slug })
    .from(incidents)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, incidents.serviceEnvironmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .where(eq(incidents.id, incidentId));
  demand(ctx, permission, place?.serviceSlug ?? null);
  if (place === undefined) throw new NotFoundError(`There is no incident ${incidentId}.`);
  return place;
}
