import { eq, isNotNull } from "drizzle-orm";
import { serviceEnvironments, services } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";

/** The service environments of services whose removal was asked for, and that are still there. */
export function listRemoved(ctx: Context): Promise<{ serviceId: number; serviceEnvironmentId: number }[]> {
  return ctx.db
    .select({ serviceId: services.id, serviceEnvironmentId: serviceEnvironments.id })
    .from(services)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.serviceId, services.id))
    .where(isNotNull(services.removalRequestedAt));
}
