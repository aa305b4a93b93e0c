import { eq } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { serviceEnvironments, services } from "#db/schema/services.ts";
import type { Permission } from "#server/domain/permissions.ts";
import { type Context, demand } from "#server/kernel/context.ts";

type Place = { serviceEnvironmentId: number } | { deploymentId: number };

/** ForbiddenError where the actor lacks the permission for the service of this place. */
export async function demandAt(ctx: Context, permission: Permission, place: Place): Promise<void> {
  const { actor } = ctx;
  // Only a token that is for some services needs to know which one this is.
  const isBounded = actor.kind === "token" && actor.services !== null;
  demand(ctx, permission, isBounded ? await slugOf(ctx, place) : null);
}

async function slugOf(ctx: Context, place: Place): Promise<string | null> {
  const [row] =
    "deploymentId" in place
      ? await ctx.db
          .select({ slug: services.slug })
          .from(deployments)
          .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
          .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
          .where(eq(deployments.id, place.deploymentId))
      : await ctx.db
          .select({ slug: services.slug })
          .from(serviceEnvironments)
          .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
          .where(eq(serviceEnvironments.id, place.serviceEnvironmentId));
  return row?.slug ?? null;
}
