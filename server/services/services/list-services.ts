import { asc, eq } from "drizzle-orm";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import type { ServiceBrief } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { automationOf, waitingOf } from "./get-service.ts";

const brief = {
  id: services.id,
  slug: services.slug,
  name: services.name,
  team: services.team,
  isTour: services.isTour,
  removalRequestedAt: services.removalRequestedAt,
};

export function listServices(ctx: Context): Promise<(ServiceBrief & { removalRequestedAt: Date | null })[]> {
  return ctx.db.select(brief).from(services).orderBy(asc(services.name), asc(services.id));
}

export type ServicePlace = Awaited<ReturnType<typeof listServiceEnvironments>>[number];

/** Every service environment there is. */
export async function listServiceEnvironments(ctx: Context) {
  const rows = await ctx.db
    .select({
      row: serviceEnvironments,
      environmentSlug: environments.slug,
      environmentName: environments.name,
      serviceSlug: services.slug,
      repositoryUrl: services.repositoryUrl,
      defaultBranch: services.defaultBranch,
      settingsPath: services.settingsPath,
      typedSettings: services.typedSettings,
    })
    .from(serviceEnvironments)
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .orderBy(asc(serviceEnvironments.serviceId), asc(environments.position));
  return rows.map(({ row, ...rest }) => ({
    ...rest,
    serviceEnvironmentId: row.id,
    serviceId: row.serviceId,
    waiting: waitingOf(row),
    waitingHeadSha: row.waitingHeadSha,
    automation: automationOf(row),
  }));
}
