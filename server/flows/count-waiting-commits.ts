import type { Context } from "#server/kernel/context.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { ensureMirror, type Mirror, openMirror } from "#server/services/pipeline/ensure-mirror.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import {
  listServiceEnvironments,
  type ServicePlace as Place,
} from "#server/services/services/list-services.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { writeWaitingCommits } from "#server/services/services/write-waiting-commits.ts";
import { commitsBetween } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
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
  const addresses = [...new Set(places.map((place) => place.repositoryUrl))];
  const next = async (): Promise<void> => {
    for (let url = addresses.pop(); url !== undefined && !signal.aborted; url = addresses.pop()) {
      const patience = AbortSignal.any([signal, AbortSignal.timeout(fetchTimeoutMs)]);
      const here = places.filter((place) => place.repositoryUrl === url);
      await refreshRepository(ctx, url, here, installation, patience).catch((error: unknown) => {
        if (!(error instanceof UserError) && !patience.aborted) throw error;
        logger.warn({ repository: url, problem: messageOf(error) }, "repository not read");
      });
    }
  };
  await Promise.all(Array.from({ length: fetchesAtOnce }, next));
}

async function refreshRepository(
  ctx: Context,
  repositoryUrl: string,
  places: Place[],
  installation: Installation,
  signal: AbortSignal,
): Promise<void> {
  const { mirrorsFolder, allowedLocalFolders } = installation;
  const mirror = await ensureMirror({ repositoryUrl, mirrorsFolder, allowedLocalFolders, signal });
  for (const place of places) {
    await countIn(ctx, place, mirror);
    await shipNewestCommit(ctx, place, mirror, installation);
  }
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
  const { mirrorsFolder } = installation;
  const mirror = await openMirror({ repositoryUrl: place.repositoryUrl, mirrorsFolder });
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
  await writeWaitingCommits(ctx, {
    serviceEnvironmentId,
    commits: waiting.total,
    liveSha: live.sha,
    headSha: head.sha,
  });
}
