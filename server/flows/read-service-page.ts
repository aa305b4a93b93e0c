import { type Automation, automationTitle } from "#server/domain/automation.ts";
import type { Condition } from "#server/domain/conditions.ts";
import type { InstanceCount } from "#server/domain/configuration-views.ts";
import type { MirrorView } from "#server/domain/mirror.ts";
import { whyNoPause } from "#server/domain/pause.ts";
import { isAllowed } from "#server/domain/permissions.ts";
import type { Publicity } from "#server/domain/publicity.ts";
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
import { type Redundancy, redundancyOf } from "#server/domain/redundancy.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Waiting } from "#server/domain/waiting.ts";
import { mayTake } from "#server/domain/worker-fit.ts";
import type { Context } from "#server/kernel/context.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { listLatest } from "#server/services/deployments/list-latest.ts";
import { listWorkers, type WorkerRow } from "#server/services/deployments/list-workers.ts";
import { readTeamContact } from "#server/services/identity/read-team-contact.ts";
import { listUsualCommits } from "#server/services/insights/list-usual-commits.ts";
import { getService, type Service, type ServiceEnvironment } from "#server/services/services/get-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import { listRouters, type RouterState } from "#server/services/traffic/list-routers.ts";
import { readMirror } from "#server/services/traffic/read-mirror.ts";
import type { Installation } from "./installation.ts";
import {
  action,
  deployRefusal,
  keepingActions,
  promoteInto,
  startDuration,
  switchBackOf,
} from "./next-actions.ts";
import { countInstances } from "./read-configuration-view.ts";
import { waitingCommits, waitingIn } from "./read-overview.ts";
import { serviceLinks } from "./service-links.ts";

export interface ServicePage extends ServiceBrief {
  /** Who to talk to: a channel, an address, a link of its team. */
  teamContact: string | null;
  repositoryUrl: string;
  defaultBranch: string;
  settingsPath: string;
  typedSettings: SettingsFileInput | null;
  createdAt: Moment;
  publicity: Publicity;
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
  /** How much that is; null where none waits. */
  waiting: Waiting | null;
  running: DeploymentBrief | null;
  queued: DeploymentBrief[];
  last: DeploymentBrief | null;
  deploy: Action;
  promote: PromoteAction | null;
  switchBack: SwitchBackAction;
  restart: Action;
  /** To hold requests for a while. */
  pause: Action;
  scale: Action;
  configure: Action;
  /** Null while nothing is live. */
  instanceCount: InstanceCount | null;
  links: ServiceLinks;
  /** Whether whoever asks may see what its instances print. */
  mayReadOutput: boolean;
  /** Null where nothing is copied from here. */
  mirror: MirrorView | null;
  /** What a machine checks of a commit before it is deployed here. */
  conditions: Condition[];
  /** Whether a newer commit takes the place of one that waits. */
  supersedesWaiting: boolean;
  /** What is deployed here by itself, and what came of the last look. */
  automation: Automation;
  /** `each commit of main`; null where nothing is. */
  automationTitle: string | null;
  /** What a worker must have as a label to take its deployments; null where any will do. */
  workerLabel: string | null;
  /** What one failure would do; null while nothing is live. */
  redundancy: Redundancy | null;
}

/** NotFoundError where there is no such service. */
export async function readServicePage(
  ctx: Context,
  slug: string,
  installation: Installation,
): Promise<ServicePage> {
  const service = await getService(ctx, slug);
  const ids = service.environments.map((environment) => environment.serviceEnvironmentId);
  const [live, active, latest, teamContact, workers, routers, usual] = await Promise.all([
    readLiveReleases(ctx, ids),
    listActive(ctx, { serviceId: service.id }),
    listLatest(ctx, ids),
    readTeamContact(ctx, service.team),
    listWorkers(ctx),
    listRouters(ctx),
    listUsualCommits(ctx, ids),
  ]);
  const routersAlive = routers.filter((router) => !router.silent);
  const around = { live, active, latest, workers, routersAlive, usual, installation };
  const environments = await Promise.all(
    service.environments.map((environment) => readEnvironment(ctx, { service, environment, ...around })),
  );
  const { id, name, team, isTour, repositoryUrl, defaultBranch, typedSettings, createdAt } = service;
  const { settingsPath, publicity } = service;
  return {
    ...{ id, slug, name, team, isTour, repositoryUrl, defaultBranch, typedSettings },
    settingsPath,
    publicity,
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
    workers: WorkerRow[];
    routersAlive: RouterState[];
    usual: Map<number, number>;
    installation: Installation;
  },
): Promise<ServiceEnvironmentView> {
  const { service, environment } = facts;
  const { serviceEnvironmentId, waiting, conditions, supersedesWaiting, automation, workerLabel, ...plain } =
    environment;
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
    waiting: waitingIn({ waiting }, live, facts.usual.get(serviceEnvironmentId)),
    running: here.find((brief) => brief.status === "running") ?? null,
    queued: here.filter((brief) => brief.status === "queued"),
    last: facts.latest.get(serviceEnvironmentId) ?? null,
    deploy: action(`Deploy to ${environment.slug}`, refusal),
    promote: promoteInto(environment, before, facts.live, refusal),
    switchBack: await switchBackOf(
      ctx,
      { ...environment, serviceId: service.id },
      { live, pools: traffic.pools },
      refusal,
    ),
    ...keepingActions(environment, live, refusal),
    pause: action(
      `Pause traffic in ${environment.name}`,
      refusal ?? whyNoPause({ live, isHeld: traffic.heldUntil !== null }),
    ),
    instanceCount: await countInstances(ctx, { service, environment, live, pools: traffic.pools }),
    links: serviceLinks(service.slug, environment.slug, facts.installation),
    mirror: await mirrorOf(ctx, service, serviceEnvironmentId),
    mayReadOutput: ctx.actor.kind === "user" && isAllowed(ctx.actor.role, "readOutput"),
    conditions,
    supersedesWaiting,
    automation,
    automationTitle: automationTitle(automation, before?.name ?? null),
    workerLabel,
    redundancy: redundancyOf({
      instances: traffic.pools.flatMap((pool) => (pool.isLive ? pool.instances : [])),
      workerNames: namesOfFitting(facts.workers, workerLabel),
      workerLabel,
      routers: facts.routersAlive,
      isDatabaseEmbedded: facts.installation.isDatabaseEmbedded,
      startMs: await startDuration(ctx, serviceEnvironmentId),
    }),
  };
}

async function mirrorOf(
  ctx: Context,
  { environments }: Service,
  serviceEnvironmentId: number,
): Promise<MirrorView | null> {
  const mirror = await readMirror(ctx, serviceEnvironmentId);
  const to = environments.find((one) => one.serviceEnvironmentId === mirror?.toServiceEnvironmentId);
  if (mirror === null || to === undefined) return null;
  const { share, strip, copies } = mirror;
  return { to: { slug: to.slug, name: to.name }, share, strip, copies };
}

function namesOfFitting(workers: readonly WorkerRow[], label: string | null): string[] {
  return workers.filter((worker) => worker.isAlive && mayTake(worker, label)).map(({ name }) => name);
}

function removalProgress(environments: ServiceEnvironmentView[]): string {
  const unfinished = environments.filter(({ running, queued }) => running !== null || queued.length > 0);
  if (unfinished.length > 0) return "A deployment is being cancelled.";
  const instances = environments.flatMap(({ pools }) => pools.flatMap((pool) => pool.instances));
  if (instances.length === 0) return "Its rows are deleted now.";
  const workers = [...new Set(instances.map((instance) => instance.workerName))].join(", ");
  return `${instances.length} instances are being ended by ${workers}.`;
}
