import type { LineOrigin } from "#server/domain/commit-changes.ts";
import { pathCandidates } from "#server/domain/frame-paths.ts";
import type { Moment } from "#server/domain/read-models.ts";
import { commitUrl } from "#server/domain/repository-links.ts";
import { type RaisedError, rankSuspects, type WorseRoute } from "#server/domain/suspects.ts";
import { worseRoutes } from "#server/domain/worse-routes.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { readReview } from "#server/services/health/read-review.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { findOrigins, mostOrigins } from "#server/services/pipeline/find-origins.ts";
import { nameReleases } from "#server/services/pipeline/name-releases.ts";
import { readDiff } from "#server/services/pipeline/read-diff.ts";
import { whichFiles } from "#server/services/pipeline/which-files.ts";
import { getService, type Service } from "#server/services/services/get-service.ts";
import { chooseSource } from "#server/services/telemetry/choose-source.ts";
import { listErrorsOf } from "#server/services/telemetry/list-errors-of.ts";
import { readRouteSums } from "#server/services/telemetry/read-route-sums.ts";
import type { Scope } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { type ChangesBetween, changesBetween } from "./read-changes-between.ts";
import { type ComparedReleases, changeOf, countRequests, findReviewed } from "./read-release-errors.ts";
import { readServiceSettings } from "./read-service-settings.ts";

export interface SuspectCommit {
  sha: string;
  subject: string;
  committedAt: Moment;
  /** What speaks for it, as sentences without their full stop; none where nothing does. */
  reasons: string[];
  /** Where its repository's host shows what it changes; null where that is not known. */
  url: string | null;
}

/** Commits between two releases that really ran, those that most speaks for first. It tells of no person. */
export interface Suspects {
  previousNumber: number | null;
  commits: SuspectCommit[];
  /** All that were looked at. */
  total: number;
  /** Whether there are older ones that were not. */
  isCut: boolean;
  /** Why there are none, in words; null where nothing hindered. */
  problem: string | null;
}

const mostShown = 20;

/**
 * Which commits of a deployment to look at first: those between the release that was live before its switch and the one that it
 * brought, by the errors and the routes that became worse. NotFoundError where the deployment is not watched.
 */
export async function findSuspects(
  ctx: Context,
  deploymentId: number,
  installation: Installation,
): Promise<Suspects> {
  const compared = await findReviewed(ctx, deploymentId);
  const none = { previousNumber: null, commits: [], total: 0, isCut: false };
  try {
    const place = await findPlace(ctx, { deploymentId, compared }, installation);
    if (place === null)
      return { ...none, problem: "Nothing was live before it: there is nothing to tell its commits from." };
    return {
      ...none,
      previousNumber: place.previousNumber,
      ...(await rank(ctx, place, installation)),
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return { ...none, problem: error.message };
  }
}

/** What one of these commits changes, as Git writes it; the host may not show it. NotFoundError where it is none of them. */
export async function readSuspectDiff(
  ctx: Context,
  { deploymentId, sha }: { deploymentId: number; sha: string },
  installation: Installation,
): Promise<{ text: string; isCut: boolean }> {
  const compared = await findReviewed(ctx, deploymentId);
  const place = await findPlace(ctx, { deploymentId, compared }, installation);
  const { changes } =
    place === null ? { changes: [] } : await changesBetween(place.mirror, place.range, place.scope);
  if (place === null || !changes.some((change) => change.sha === sha))
    throw new NotFoundError("This commit is none of those that the deployment brought.");
  return readDiff(place.mirror, sha, place.scope);
}

interface Place {
  mirror: Mirror;
  service: Service;
  scope: Scope;
  range: { base: string; head: string };
  previousNumber: number;
  compared: ComparedReleases;
}

/** Null where there was no release before. Throws ValidationError where the repository cannot be read. */
async function findPlace(
  ctx: Context,
  { deploymentId, compared }: { deploymentId: number; compared: ComparedReleases },
  installation: Installation,
): Promise<Place | null> {
  const { serviceSlug } = await readReview(ctx, deploymentId);
  const names = await nameReleases(ctx, [compared.releaseId, compared.previousReleaseId ?? 0]);
  const [head, base] = [names.get(compared.releaseId), names.get(compared.previousReleaseId ?? 0)];
  if (head === undefined || base === undefined) return null;
  const service = await getService(ctx, serviceSlug);
  const { mirror } = await openServiceMirror(ctx, service, installation, { sha: head.sha });
  const { scope } = await readServiceSettings(mirror, head.sha, service);
  const range = { base: base.sha, head: head.sha };
  return { mirror, service, scope, range, previousNumber: base.number, compared };
}

async function rank(ctx: Context, place: Place, installation: Installation) {
  const { mirror, service, scope, range, compared } = place;
  const between = await changesBetween(mirror, range, scope);
  const { changes, isCut } = between;
  const errors = await raisedErrors(ctx, compared, installation);
  const suspects = rankSuspects(changes, {
    errors: errors.raised,
    areErrorsNew: errors.areNew,
    routes: [...(await routesThatWorsened(ctx, compared)), ...errors.routes],
    origins: await originsOf(place, errors.raised, between),
    folder: scope.path,
  });
  const commits = suspects.slice(0, mostShown).map(({ score: _, ...suspect }) => ({
    ...suspect,
    url: commitUrl(service.repositoryUrl, suspect.sha),
  }));
  return { commits, total: changes.length, isCut };
}

/** Kinds of errors that are new with the release or more frequent; those without a frame of the service's own, as routes. */
async function raisedErrors(ctx: Context, compared: ComparedReleases, installation: Installation) {
  const { errors } = await listErrorsOf(ctx, compared);
  const requests = errors.length === 0 ? new Map() : await countRequests(ctx, compared, installation);
  const raised = errors.flatMap((error) => {
    const change = changeOf(error, compared, requests);
    return change === "new" || change === "grew" ? [{ ...error, change }] : [];
  });
  const all = raised.reduce((sum, { ofNew }) => sum + ofNew, 0);
  const routes = raised.flatMap(({ sample: { route, frames }, type, ofNew }): WorseRoute[] => {
    if (route === null || frames.some(({ isOwn }) => isOwn)) return [];
    return [
      { route, change: `where ${type} is told of ${ofNew.toLocaleString("en")} times`, share: ofNew / all },
    ];
  });
  return {
    raised: raised.map(({ ofNew, sample }): RaisedError => ({ count: ofNew, frames: sample.frames })),
    areNew: raised.every(({ change }) => change === "new"),
    routes,
  };
}

async function routesThatWorsened(ctx: Context, compared: ComparedReleases): Promise<WorseRoute[]> {
  const { serviceEnvironmentId, releaseId, previousReleaseId, from, to } = compared;
  const source = await chooseSource(ctx, { serviceEnvironmentId, from, to });
  const releaseIds = previousReleaseId === null ? [releaseId] : [releaseId, previousReleaseId];
  const sums = await readRouteSums(ctx, { serviceEnvironmentId, source, releaseIds }, { from, to });
  const before = new Map(sums.filter((sum) => sum.releaseId !== releaseId).map((sum) => [sum.route, sum]));
  return worseRoutes(
    sums
      .filter((sum) => sum.releaseId === releaseId)
      .map((sum) => ({ route: sum.route, ofNew: sum, ofOld: before.get(sum.route) ?? null })),
  );
}

/** Who wrote the lines that most of the errors come from, of files that changed at all. */
async function originsOf(
  { mirror, range, scope }: Place,
  errors: readonly RaisedError[],
  { changes, origins }: ChangesBetween,
): Promise<LineOrigin[]> {
  const changed = new Set(changes.flatMap(({ files }) => files.map(({ path }) => path)));
  const lines = errors.flatMap(({ count, frames }) =>
    frames.flatMap(({ file, line, isOwn }, depth) =>
      isOwn && line !== null && depth < mostOrigins ? [{ file, line, weight: count / (1 + depth) }] : [],
    ),
  );
  lines.sort((one, other) => other.weight - one.weight);
  const wanted = lines.slice(0, mostOrigins * 2).map(({ file, line }) => ({
    line,
    paths: pathCandidates(file, scope.path)
      .filter(({ isBuilt }) => !isBuilt)
      .map(({ path }) => path)
      .filter((path) => changed.has(path)),
  }));
  const there = await whichFiles(
    mirror,
    range.head,
    wanted.flatMap(({ paths }) => paths),
  );
  const found = new Map<string, { path: string; line: number }>();
  for (const { paths, line } of wanted) {
    const path = paths.find((one) => there.has(one));
    if (path !== undefined) found.set(`${path}:${line}`, { path, line });
  }
  const asked = [...found].slice(0, mostOrigins);
  const unknown = asked.filter(([key]) => !origins.has(key));
  const told = await findOrigins(
    mirror,
    range,
    unknown.map(([, line]) => line),
  );
  for (const [key] of unknown)
    origins.set(key, told.find(({ path, line }) => `${path}:${line}` === key) ?? null);
  return asked.map(([key]) => origins.get(key) ?? null).filter((origin) => origin !== null);
}
