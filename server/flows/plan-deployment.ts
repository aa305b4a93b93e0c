import { actLabel, switchBackReadiness } from "#server/domain/act-labels.ts";
import { compareSecrets, compareSettings } from "#server/domain/compare-settings.ts";
import { conditionReasons } from "#server/domain/condition-override.ts";
import { layConfiguration } from "#server/domain/configuration.ts";
import type { ConfigurationVersion } from "#server/domain/configuration-views.ts";
import { keepsRelease } from "#server/domain/deployment.ts";
import { isHeldBy } from "#server/domain/holds.ts";
import { migrationReasons } from "#server/domain/migration.ts";
import { makesArtifact, planSteps } from "#server/domain/plan.ts";
import type { Commits, DeploymentBrief, DeploymentPlan, LiveRelease } from "#server/domain/read-models.ts";
import { isStopped, type Reason, reasonsFor } from "#server/domain/reasons.ts";
import {
  isScheduledLater,
  parseSchedule,
  reasonsForLater,
  scheduleLabel,
  scheduleRefusal,
} from "#server/domain/schedule.ts";
import { secretReasons } from "#server/domain/secrets.ts";
import { findStoredSettings, settingsFileSchema } from "#server/domain/service-settings.ts";
import { workerFit } from "#server/domain/worker-fit.ts";
import type { Context } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { type DurationExpectation, expectDuration } from "#server/services/deployments/expect-duration.ts";
import { listActive } from "#server/services/deployments/list-active.ts";
import { listUsualCommits } from "#server/services/insights/list-usual-commits.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import { countBetween } from "#server/services/pipeline/count-between.ts";
import { getRelease } from "#server/services/pipeline/get-release.ts";
import { includedIn } from "#server/services/pipeline/included-in.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { listHolds } from "#server/services/services/list-holds.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { readTraffic } from "#server/services/services/read-traffic.ts";
import { listRouters } from "#server/services/traffic/list-routers.ts";
import { overrideOf, planConditions } from "./check-conditions.ts";
import { commitsBetween, none, type Scope } from "./commits-between.ts";
import { type Configurations, configurationsOf, standsReady } from "./find-configurations.ts";
import { type Around, findDeploymentTarget, type Target, type Wish } from "./find-deployment-target.ts";
import { migrationFacts } from "./find-migrations.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { takenAway } from "./read-deployment-changes.ts";
import { readServiceSettings, resolveSettings, scopeOf } from "./read-service-settings.ts";
import { readWorkerFacts } from "./read-worker-facts.ts";

type Settings = Pick<DeploymentPlan, "settings" | "settingsFrom"> & { problem: string | null; scope: Scope };

/**
 * What would happen, how long it takes, and what speaks against it. Asks for nothing; changes nothing. `isDecisive`
 * looks at the repository anew where a condition is about it; `replaces` is the deployment that is planned anew and does
 * not stand in its own way.
 */
export async function planDeployment(
  ctx: Context,
  wish: Wish,
  installation: Installation,
  { isDecisive = false, replaces = null }: { isDecisive?: boolean; replaces?: number | null } = {},
): Promise<DeploymentPlan> {
  const scheduledFor = scheduleOf(ctx, wish);
  const around = await readAround(ctx, wish, installation);
  const { service, environment } = around;
  const { serviceEnvironmentId } = environment;
  const live = around.live.get(serviceEnvironmentId) ?? null;
  const found = await findDeploymentTarget(ctx, wish, around);
  const target = isDecisive ? await knowingLive(ctx, found, live, around) : found;
  const { pools } = await readTraffic(ctx, serviceEnvironmentId);
  const configurations = await configurationsOf(ctx, { wish, target, pools, serviceEnvironmentId });
  const settings = await settingsOf(target, around, configurations.coming);
  const isWarm = standsReady(pools, target.release, configurations.coming);
  const { kind } = wish;
  const releaseNumber = target.release?.number ?? null;
  const migration = await migrationFacts(ctx, {
    ...{ release: target.release, settings: settings.settings, environment },
  });
  const planned = planSteps({
    ...{ kind, release: target.release, poolIsWarm: isWarm, settings: settings.settings },
    migrated: migration.done,
  });
  const expected = await expectDuration(ctx, {
    ...{ serviceEnvironmentId, kind, makesArtifact: makesArtifact(target.release) },
  });
  const { sha } = target.commit;
  const named = { sha, releaseNumber, environmentSlug: environment.slug };
  const label = scheduledFor === null ? actLabel(kind, named) : scheduleLabel(kind, named);
  const badReason = target.release?.badReason ?? null;
  const conditions = await planConditions(ctx, {
    ...{ wish, around, sha, badReason, isDecisive },
    actLabel: label,
  });
  // One whose time has still to come stands in nobody's way.
  const active = (await listActive(ctx, { serviceId: service.id })).filter(
    (brief) => brief.id !== replaces && !isScheduledLater(brief),
  );
  const superseded = await supersededBy(target, { wish, around, active });
  const facts = [
    ...(await reasonsOf(ctx, { wish, around, target, live, settings, isWarm, active, superseded })),
    ...secretReasons(configurations.secrets.coming, {
      ...{ kind, releaseNumber },
      mayStillChange: kind === "configure" && wish.change === undefined,
    }),
    ...migrationReasons(migration, { kind, releaseNumber }),
  ];
  const unmet = conditionReasons(conditions?.checked ?? [], environment.name, overrideOf(wish));
  const reasons = scheduledFor === null ? [...facts, ...unmet] : reasonsForLater(facts, unmet);
  return {
    kind,
    serviceSlug: service.slug,
    serviceName: service.name,
    environment: withoutInternals(environment),
    serviceEnvironmentId,
    commit: target.commit,
    release: target.release === null ? null : withoutSettings(target.release),
    live,
    actLabel: label,
    scheduledFor: scheduledFor?.toISOString() ?? null,
    steps: planned.map((step) => ({ ...step, expectedMs: expected.steps[step.name] ?? null })),
    expected: expected.total,
    ...(await changesOf(target, live, settings.scope)),
    reasons,
    isStopped: isStopped(reasons),
    conditions,
    superseded,
    readiness: kind === "switch-back" ? readiness(releaseNumber, isWarm, settings, expected) : null,
    settings: settings.settings,
    settingsFrom: settings.settingsFrom,
    settingsPath: service.settingsPath,
    settingsChanges: await settingsChanges(ctx, { around, live, settings, configurations }),
    configuration: nameOf(configurations.coming),
    liveConfigurationId: configurations.running?.id ?? null,
    usualCommits: (await listUsualCommits(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId) ?? null,
  };
}

/** A copy of the repository without the live commit cannot say what is older than it: it is fetched then. */
async function knowingLive(
  ctx: Context,
  target: Target,
  live: LiveRelease | null,
  { service, installation }: Around,
): Promise<Target> {
  if (target.mirror === null || live === null) return target;
  const { mirror } = await openServiceMirror(ctx, service, installation, { sha: live.sha });
  return { ...target, mirror };
}

/** Null for now. ValidationError "scheduledFor" where the time will not do. */
function scheduleOf(ctx: Context, { kind, scheduledFor }: Wish): Date | null {
  if (scheduledFor === undefined) return null;
  const refusal = scheduleRefusal(kind);
  const { at, problem } =
    refusal === null ? parseSchedule(scheduledFor, ctx.now()) : { at: null, problem: refusal };
  if (at === null) throw new ValidationError(problem, "scheduledFor");
  return at;
}

async function readAround(ctx: Context, wish: Wish, installation: Installation): Promise<Around> {
  const service = await getService(ctx, wish.serviceSlug);
  const environment = environmentOf(service, wish.environmentSlug);
  const ids = service.environments.map((candidate) => candidate.serviceEnvironmentId);
  return { service, environment, live: await readLiveReleases(ctx, ids), installation };
}

/** A release carries its settings; a commit that is none yet has them in the repository or in the portal. */
async function settingsOf(
  target: Target,
  around: Around,
  configuration: ConfigurationVersion | null,
): Promise<Settings> {
  const { settings, ...found } = await releaseSettingsOf(target, around);
  return { ...found, settings: settings === null ? null : layConfiguration(settings, configuration) };
}

async function releaseSettingsOf(target: Target, around: Around): Promise<Settings> {
  const { slug } = around.environment;
  if (target.release !== null) {
    const file = settingsFileSchema.parse(target.release.settingsFile);
    const { typedSettings, settingsPath } = around.service;
    const scope = scopeOf(file, typedSettings === null ? settingsPath : null);
    return { settingsFrom: "release", scope, ...resolveSettings({ file, problem: null }, slug) };
  }
  if (target.mirror === null) throw new Error("A commit was found without a mirror.");
  const source = await readServiceSettings(target.mirror, target.commit.sha, around.service);
  return { settingsFrom: source.from, scope: source.scope, ...resolveSettings(source, slug) };
}

async function changesOf(
  target: Target,
  live: LiveRelease | null,
  scope: Scope,
): Promise<{ goingLive: Commits; goingAway: Commits }> {
  const { mirror, commit } = target;
  if (mirror === null || !(await hasCommit(mirror, commit.sha))) return { goingLive: none, goingAway: none };
  const base = live?.sha ?? null;
  return {
    goingLive: await commitsBetween(mirror, { base, head: commit.sha }, scope),
    goingAway: await takenAway(mirror, base, commit.sha, scope),
  };
}

async function reasonsOf(
  ctx: Context,
  facts: {
    wish: Wish;
    around: Around;
    target: Target;
    live: LiveRelease | null;
    settings: Settings;
    isWarm: boolean;
    active: DeploymentBrief[];
    superseded: DeploymentPlan["superseded"];
  },
): Promise<Reason[]> {
  const { wish, around, target, live, settings, superseded } = facts;
  // Nothing is started then, so that any worker will do.
  const turnsBack = wish.kind === "switch-back" && facts.isWarm;
  const { service, environment } = around;
  const [workers, routers, holds] = await Promise.all([
    readWorkerFacts(ctx),
    listRouters(ctx),
    listHolds(ctx),
  ]);
  const place = { serviceSlug: service.slug, environmentSlug: environment.slug };
  const active = facts.active.filter(({ id }) => superseded.every((one) => one.id !== id));
  const removal: Reason[] =
    service.removalRequestedAt === null
      ? []
      : [{ weight: "stops", text: `${service.name} is being removed.` }];
  return [
    ...removal,
    ...reasonsFor({
      kind: wish.kind,
      environmentName: environment.name,
      settingsProblem: settings.problem,
      liveReleaseNumber: live?.number ?? null,
      commitsBehindLive: await commitsBehind(target, live),
      isLiveAlready: live?.sha === target.commit.sha,
      deploymentAhead: await aheadOf(target, active, environment.serviceEnvironmentId),
      superseded,
      holds: holds.filter((hold) => isHeldBy(hold, place)),
      isAskedByPerson: ctx.actor.kind === "user",
      clearedRelease: target.release?.isArtifactGone === true ? target.release.number : null,
      target: settings.settings?.target ?? "process",
      notYetActedOn: settings.settings?.notYetActedOn ?? [],
      workerFit: workerFit(turnsBack ? null : environment.workerLabel, workers, ctx.now().getTime()),
      routersAlive: routers.filter((router) => !router.silent).length,
    }),
  ];
}

/** How many commits the target lies behind another of which it is an ancestor; 0 where it is none. */
async function commitsBehind({ mirror, commit }: Target, other: { sha: string } | null): Promise<number> {
  if (mirror === null || other === null) return 0;
  if (!(await hasCommit(mirror, other.sha)) || !(await hasCommit(mirror, commit.sha))) return 0;
  const { ahead, behind } = await countBetween(mirror, other.sha, commit.sha);
  return ahead === 0 ? behind : 0;
}

/** What waits here and is part of the history of what is asked for, where the team wants the newest only. */
async function supersededBy(
  { mirror, commit }: Target,
  { wish, around, active }: { wish: Wish; around: Around; active: DeploymentBrief[] },
): Promise<DeploymentPlan["superseded"]> {
  const { serviceEnvironmentId, supersedesWaiting } = around.environment;
  const takesPlaces = wish.kind !== "switch-back" && wish.scheduledFor === undefined;
  if (!supersedesWaiting || mirror === null || !takesPlaces) return [];
  if (!(await hasCommit(mirror, commit.sha))) return [];
  const waiting = active.filter(
    (brief) =>
      brief.serviceEnvironmentId === serviceEnvironmentId &&
      brief.status === "queued" &&
      brief.kind !== "switch-back" &&
      !keepsRelease(brief.kind),
  );
  const known: DeploymentBrief[] = [];
  for (const brief of waiting) if (await hasCommit(mirror, brief.sha)) known.push(brief);
  const shas = known.map(({ sha }) => sha);
  const older = await includedIn(mirror, shas, commit.sha);
  return known.filter(({ sha }) => older.has(sha)).map(({ id, sha }) => ({ id, sha }));
}

async function aheadOf(target: Target, active: DeploymentBrief[], serviceEnvironmentId: number) {
  const here = active.filter((brief) => brief.serviceEnvironmentId === serviceEnvironmentId);
  const last = here.at(-1);
  if (last === undefined) return null;
  // What ships the live release again brings no commit: the one before it in the queue does.
  const shipping = here.findLast((brief) => !keepsRelease(brief.kind));
  const isNewer = shipping !== undefined && (await commitsBehind(target, shipping)) > 0;
  const { id, kind } = isNewer ? shipping : last;
  return { id, kind, isNewer };
}

function readiness(
  releaseNumber: number | null,
  isWarm: boolean,
  { settings }: Settings,
  expected: DurationExpectation,
): string {
  const { start, verify } = expected.steps;
  const startMs = start === undefined || verify === undefined ? null : start + verify;
  const byCommand = settings?.target === "script" ? expected.total : null;
  return switchBackReadiness({ releaseNumber, isWarm, startMs, byCommand });
}

async function settingsChanges(
  ctx: Context,
  facts: {
    around: Around;
    live: LiveRelease | null;
    settings: Settings;
    configurations: Configurations;
  },
): Promise<DeploymentPlan["settingsChanges"]> {
  const { around, live, settings, configurations } = facts;
  const { running, secrets } = configurations;
  if (live === null || settings.settings === null) return [];
  const before = await getRelease(ctx, around.service.id, { id: live.id });
  const resolved = findStoredSettings(before?.settingsFile, around.environment.slug);
  if (resolved === null) return [];
  return [
    ...compareSettings(layConfiguration(resolved, running), settings.settings),
    ...compareSecrets(secrets.running, secrets.coming.ids),
  ];
}

function nameOf(configuration: ConfigurationVersion | null): DeploymentPlan["configuration"] {
  return configuration === null ? null : { id: configuration.id, version: configuration.version };
}

function withoutSettings({ settingsFile: _, ...release }: NonNullable<Target["release"]>) {
  return release;
}

function withoutInternals(environment: Around["environment"]): DeploymentPlan["environment"] {
  const { id, slug, name, position, isProduction } = environment;
  return { id, slug, name, position, isProduction };
}
