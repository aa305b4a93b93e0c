import { asc, eq } from "drizzle-orm";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import type { Automation } from "#server/domain/automation.ts";
import type { Condition } from "#server/domain/conditions.ts";
import type { Publicity } from "#server/domain/publicity.ts";
import type { Environment } from "#server/domain/read-models.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Waiting } from "#server/domain/waiting.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

export interface Service {
  id: number;
  slug: string;
  name: string;
  team: string | null;
  repositoryUrl: string;
  defaultBranch: string;
  /** Where its settings file lies in the repository. */
  settingsPath: string;
  typedSettings: SettingsFileInput | null;
  isTour: boolean;
  publicity: Publicity;
  createdAt: Date;
  removalRequestedAt: Date | null;
  /** In order. */
  environments: ServiceEnvironment[];
}

export interface ServiceEnvironment extends Environment {
  serviceEnvironmentId: number;
  waiting: CountedWaiting | null;
  conditions: Condition[];
  /** Whether a newer commit takes the place of one that waits. */
  supersedesWaiting: boolean;
  /** What is deployed here by itself. */
  automation: Automation;
  /** What a worker must have as a label to take its deployments; null where any will do. */
  workerLabel: string | null;
}

/** NotFoundError where there is none of this slug. */
export async function getService(ctx: Context, slug: string): Promise<Service> {
  const [service] = await ctx.db.select().from(services).where(eq(services.slug, slug));
  if (service === undefined) throw new NotFoundError(`There is no service named ${slug}.`);
  const { isPublic, publicByline: byline, publicContact: contact, ...row } = service;
  const publicity = { isPublic, byline, contact };
  return { ...row, publicity, environments: await listServiceEnvironments(ctx, service.id) };
}

async function listServiceEnvironments(ctx: Context, serviceId: number): Promise<ServiceEnvironment[]> {
  const rows = await ctx.db
    .select({ row: serviceEnvironments, environment: environments })
    .from(serviceEnvironments)
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .where(eq(serviceEnvironments.serviceId, serviceId))
    .orderBy(asc(environments.position));
  return rows.map(({ row, environment }) => ({
    ...environment,
    serviceEnvironmentId: row.id,
    waiting: waitingOf(row),
    conditions: row.conditions,
    supersedesWaiting: row.supersedesWaiting,
    automation: automationOf(row),
    workerLabel: row.workerLabel,
  }));
}

export function automationOf(row: typeof serviceEnvironments.$inferSelect): Automation {
  return {
    branch: row.automaticBranch,
    promotesAfterMinutes: row.promotesAfterMinutes,
    pausedAt: row.automationPausedAt?.toISOString() ?? null,
    pausedReason: row.automationPausedReason,
    note: row.automationNote,
  };
}

/** What was counted last, against what was live then. */
export interface CountedWaiting extends Omit<Waiting, "usualCommits"> {
  liveSha: string;
}

export function waitingOf(row: typeof serviceEnvironments.$inferSelect): CountedWaiting | null {
  if (row.waitingCommits === null || row.waitingLiveSha === null) return null;
  return {
    commits: row.waitingCommits,
    since: row.waitingSince?.toISOString() ?? null,
    lines: row.waitingLines,
    liveSha: row.waitingLiveSha,
  };
}

/** The service environment of a service; NotFoundError where the service is not in it. */
export function environmentOf(service: Service, environmentSlug: string): ServiceEnvironment {
  const found = service.environments.find((environment) => environment.slug === environmentSlug);
  if (found !== undefined) return found;
  throw new NotFoundError(`${service.name} is not in an environment named ${environmentSlug}.`);
}
