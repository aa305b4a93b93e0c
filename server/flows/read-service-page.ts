import type { Condition } from "#server/domain/conditions.ts";
import type {
  Action,
  DeploymentBrief,
  Environment,
  LiveRelease,
  Moment,
  PromoteAction,
  ServiceBrief,
  ServiceLinks,
  SwitchBackAction,
  TrafficView,
} from "#server/domain/read-models.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { listLatest } from "#server/services/deployments/list-latest.ts";
import { readTeamContact } from "#server/services/identity/read-team-contact.ts";
import { getService, type Service, type ServiceEnvironment } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import type { Installation } from "./installation.ts";
import { action, deployRefusal, promoteInto, switchBackOf } from "./next-actions.ts";
import { waitingCommits } from "./read-overview.ts";
import { serviceLinks } from "./service-links.ts";

export interface ServicePage extends ServiceBrief {
  /** Who to talk to: a channel, an address, a link of its team. */
  teamContact: string | null;
  repositoryUrl: string;
  defaultBranch: string;
  settingsPath: string;
  typedSettings: SettingsFileInput | null;
  createdAt: Moment;
  isBeingRemoved: boolean;
  /** What the removal still waits for. */
  removalProgress: string | null;
  /** In order: the pipeline strip goes through them. */
  environments: ServiceEnvironmentView[];
}

export interface ServiceEnvironmentView extends TrafficView {
  serviceEnvironmentId: number;
  environment: Environment;
  live: LiveRelease | null;
  waitingCommits: number | null;
  running: DeploymentBrief | null;
  queued: DeploymentBrief[];
  last: DeploymentBrief | null;
  deploy: Action;
  promote: PromoteAction | null;
  switchBack: SwitchBackAction;
  links: ServiceLinks;
  /** What a machine checks of a commit before it is deployed here. */
  conditions: Condition[];
  /** Whether a newer commit takes the place of one that waits. */
  supersedesWaiting: boolean;
}

/** NotFoundError where there is no such service. */
export async function readServicePage(
  ctx: Context,
  slug: string,
  installation: Installation,
): Promise<ServicePage> {
  const service = await getService(ctx, slug);
  const ids = service.environments.map((environment) => environment.serviceEnvironmentId);
  const [live, active, latest, teamContact] = await Promise.all([
    readLiveReleases(ctx, ids),
    listActive(ctx, { serviceId: service.id }),
    listLatest(ctx, ids),
    readTeamContact(ctx, service.team),
  ]);
  const environments = await Promise.all(
    service.environments.map((environment) =>
      readEnvironment(ctx, { service, environment, live, active, latest, installation }),
    ),
  );
  const { id, name, team, isTour, repositoryUrl, defaultBranch, typedSettings, createdAt } = service;
  const { settingsPath } = service;
  return {
    ...{ id, slug, name, team, isTour, repositoryUrl, defaultBranch, typedSettings },
    settingsPath,
    teamContact,
    createdAt: createdAt.toISOString(),
    isBeingRemoved: service.removalRequestedAt !== null,
    removalProgress: service.removalRequestedAt === null ? null : removalProgress(environments),
    environments,
  };
}

async function readEnvironment(
  ctx: Context,
  facts: {
    service: Service;
    environment: ServiceEnvironment;
    live: Map<number, LiveRelease>;
    active: DeploymentBrief[];
    latest: Map<number, DeploymentBrief>;
    installation: Installation;
  },
): Promise<ServiceEnvironmentView> {
  const { service, environment } = facts;
  const { serviceEnvironmentId, waiting, conditions, supersedesWaiting, ...plain } = environment;
  const live = facts.live.get(serviceEnvironmentId) ?? null;
  const traffic = await readTraffic(ctx, serviceEnvironmentId);
  const refusal = deployRefusal(ctx, service);
  const before = service.environments[service.environments.indexOf(environment) - 1];
  const here = facts.active.filter((brief) => brief.serviceEnvironmentId === serviceEnvironmentId);
  return {
    ...traffic,
    serviceEnvironmentId,
    environment: plain,
    live,
    waitingCommits: waitingCommits({ waiting }, live),
    running: here.find((brief) => brief.status === "running") ?? null,
    queued: here.filter((brief) => brief.status === "queued"),
    last: facts.latest.get(serviceEnvironmentId) ?? null,
    deploy: action(`Deploy to ${environment.slug}`, refusal),
    promote: promoteInto(environment, before, facts.live, refusal),
    switchBack: await switchBackOf(ctx, environment, { live, pools: traffic.pools }, refusal),
    links: serviceLinks(service.slug, environment.slug, facts.installation),
    conditions,
    supersedesWaiting,
  };
}

function removalProgress(environments: ServiceEnvironmentView[]): string {
  const unfinished = environments.filter(({ running, queued }) => running !== null || queued.length > 0);
  if (unfinished.length > 0) return "A deployment is being cancelled.";
  const instances = environments.flatMap(({ pools }) => pools.flatMap((pool) => pool.instances));
  if (instances.length === 0) return "Its rows are deleted now.";
  const workers = [...new Set(instances.map((instance) => instance.workerName))].join(", ");
  return `${instances.length} instances are being ended by ${workers}.`;
}
