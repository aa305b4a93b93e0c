import { eq, getTableColumns } from "drizzle-orm";
import { errorGroups } from "#db/schema/errors.ts";
import { serviceEnvironments, services } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

/** A kind of errors with its example, and whose it is. NotFoundError where it is not known, or not any more. */
export async function getErrorGroup(ctx: Pick<Context, "db">, id: number) {
  const [group] = await ctx.db
    .select({ ...getTableColumns(errorGroups), serviceSlug: services.slug })
    .from(errorGroups)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, errorGroups.serviceEnvironmentId))
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .where(eq(errorGroups.id, id));
  if (group === undefined)
    throw new NotFoundError("This kind of error is not known: what was not seen for long is forgotten.");
  return group;
}
