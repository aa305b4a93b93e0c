import type { Context } from "#server/kernel/context.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import { countChangedLines } from "#server/services/pipeline/count-changed-lines.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import { listCredentialOwners } from "#server/services/repositories/credential.ts";
import {
  listServiceEnvironments,
  type ServicePlace as Place,
} from "#server/services/services/list-services.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { writeWaitingCommits } from "#server/services/services/write-waiting-commits.ts";
import { commitsBetween } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { openKnownMirror, refreshServiceMirror } from "./open-service-mirror.ts";
import { readServiceSettings } from "./read-service-settings.ts";
import { shipNewestCommit } from "./ship-newest-commit.ts";

const fetchesAtOnce = 4;
const fetchTimeoutMs = 60_000;
const mostCounted = 1_000;

/**
 * Fetches every repository, counts what waits for each environment and asks for what is deployed there by itself. One
 * that cannot be read holds up no other.
 */
export async function refreshWaitingCommits(
  ctx: Context,
  installation: Installation,
  { logger, signal }: { logger: Logger; signal: AbortSignal },
): Promise<void> {
  const places = await listServiceEnvironments(ctx);
  const visits = await planVisits(ctx, places);
  const next = async (): Promise<void> => {
    for (let here = visits.pop(); here !== undefined && !signal.aborted; here = visits.pop()) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)]);
      const [{ repositoryUrl }] = here;
      const report = (error: unknown) => {
        if (!(error instanceof UserError) && !patience.aborted) throw error;
        logger.warn({ repository: repositoryUrl, problem: messageOf(error) }, "repository not read");
      };
      await refreshRepository(ctx, here, installation, { signal: patience, report }).catch(report);
    }
  };
  await Promise.all(Array.from({ length: fetchesAtOnce }, next));
}

type Visit = [Place, ...Place[]];

/** One for all services that read an address without a credential, and one for each that has its own. */
async function planVisits(ctx: Context, places: Place[]): Promise<Visit[]> {
  const owners = await listCredentialOwners(ctx);
  const visits = new Map<string, Visit>();
  for (const place of places) {
    const key = `${place.repositoryUrl} ${owners.has(place.serviceId) ? place.serviceId : ""}`;
    const known = visits.get(key);
    if (known === undefined) visits.set(key, [place]);
    else known.push(place);
  }
  return [...visits.values()];
}

async function refreshRepository(
  ctx: Context,
  places: Visit,
  installation: Installation,
  { signal, report }: { signal: AbortSignal; report: (error: unknown) => void },
): Promise<void> {
  const mirror = await refreshServiceMirror(ctx, serviceOf(places[0]), installation, signal);
  for (const place of places) {
    // Several services may read it: what is wrong with one, such as a branch that is gone, is not the others' concern.
    await countIn(ctx, place, mirror).catch(report);
    await shipNewestCommit(ctx, place, mirror, installation).catch(report);
  }
}

function serviceOf({ serviceId, repositoryUrl }: Place) {
  return { id: serviceId, repositoryUrl };
}

/** The same for one service environment, by the mirror as it stands: what is live there has changed. */
export async function recountWaitingCommits(
  ctx: Context,
  serviceEnvironmentId: number,
  installation: Installation,
): Promise<void> {
  const places = await listServiceEnvironments(ctx);
  const place = places.find((candidate) => candidate.serviceEnvironmentId === serviceEnvironmentId);
  if (place === undefined) return;
  const mirror = await openKnownMirror(ctx, serviceOf(place), installation);
  if (mirror === null) return;
  await countIn(ctx, place, mirror);
  await shipNewestCommit(ctx, place, mirror, installation);
}

async function countIn(ctx: Context, place: Place, mirror: Mirror): Promise<void> {
  const { serviceEnvironmentId } = place;
  const live = (await readLiveReleases(ctx, [serviceEnvironmentId])).get(serviceEnvironmentId);
  if (live === undefined) return;
  const head = await resolveRef(mirror, place.defaultBranch);
  if (place.waiting?.liveSha === live.sha && place.waitingHeadSha === head.sha) return;
  const { scope } = await readServiceSettings(mirror, head.sha, place);
  const waiting = await commitsBetween(mirror, { base: live.sha, head: head.sha }, scope, mostCounted);
  const oldest = waiting.commits
    .map(({ committedAt }) => Date.parse(committedAt))
    .sort((one, other) => one - other)[0];
  const isKnown = await hasCommit(mirror, live.sha);
  await writeWaitingCommits(ctx, {
    serviceEnvironmentId,
    commits: waiting.total,
    since: oldest === undefined ? null : new Date(oldest),
    lines: isKnown ? await countChangedLines(mirror, live.sha, head.sha, scope) : null,
    liveSha: live.sha,
    headSha: head.sha,
  });
}
