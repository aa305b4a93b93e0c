import type { InsightScope, Insights } from "#server/domain/insights.ts";
import type { Waiting } from "#server/domain/waiting.ts";
import type { Context } from "#server/kernel/context.ts";
import { listUsualCommits } from "#server/services/insights/list-usual-commits.ts";
import { type InsightQuery, readInsights } from "#server/services/insights/read-insights.ts";
import { listEnvironments } from "#server/services/services/list-environments.ts";
import { listServiceEnvironments, listServices } from "#server/services/services/list-services.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { waitingIn } from "./read-overview.ts";

export interface InsightsPage {
  insights: Insights;
  /** What can be asked about. */
  choices: {
    environments: { slug: string; name: string }[];
    teams: string[];
    services: { slug: string; name: string; team: string | null }[];
  };
  /** What waits in the services and the environment that it is about, the oldest first. */
  waiting: { serviceSlug: string; serviceName: string; waiting: Waiting }[];
}

/** Whether it is getting better, and what could go out now. */
export async function readInsightsPage(ctx: Context, query: InsightQuery): Promise<InsightsPage> {
  const [insights, environments, services] = await Promise.all([
    readInsights(ctx, query),
    listEnvironments(ctx),
    listServices(ctx),
  ]);
  const teams = new Set(services.flatMap(({ team }) => team ?? []));
  return {
    insights,
    choices: {
      environments: environments.map(({ slug, name }) => ({ slug, name })),
      teams: [...teams].sort((one, other) => one.localeCompare(other)),
      services: services.map(({ slug, name, team }) => ({ slug, name, team })),
    },
    waiting: await listWaiting(ctx, insights.scope, services),
  };
}

async function listWaiting(
  ctx: Context,
  { environment, team, service }: InsightScope,
  services: { id: number; slug: string; name: string; team: string | null }[],
): Promise<InsightsPage["waiting"]> {
  const meant = new Map(
    services
      .filter(
        (one) => (team === null || one.team === team) && (service === null || one.slug === service.slug),
      )
      .map((one) => [one.id, one]),
  );
  const places = (await listServiceEnvironments(ctx)).filter(
    ({ serviceId, environmentSlug }) => environmentSlug === environment.slug && meant.has(serviceId),
  );
  const ids = places.map(({ serviceEnvironmentId }) => serviceEnvironmentId);
  const [live, usual] = await Promise.all([readLiveReleases(ctx, ids), listUsualCommits(ctx, ids)]);
  return places
    .flatMap((place) => {
      const { serviceEnvironmentId: id, serviceId, serviceSlug } = place;
      const waiting = waitingIn(place, live.get(id) ?? null, usual.get(id));
      const serviceName = meant.get(serviceId)?.name ?? serviceSlug;
      return waiting === null ? [] : [{ serviceSlug, serviceName, waiting }];
    })
    .sort((one, other) => (one.waiting.since ?? "").localeCompare(other.waiting.since ?? ""));
}
