import type { StackFrame } from "#server/domain/error-sighting.ts";
import { pathCandidates } from "#server/domain/frame-paths.ts";
import type { Moment } from "#server/domain/read-models.ts";
import { fileUrl } from "#server/domain/repository-links.ts";
import type { Context } from "#server/kernel/context.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import { nameReleases } from "#server/services/pipeline/name-releases.ts";
import { whichFiles } from "#server/services/pipeline/which-files.ts";
import { getService } from "#server/services/services/get-service.ts";
import { getErrorGroup } from "#server/services/telemetry/get-error-group.ts";
import type { Installation } from "./installation.ts";
import { openKnownMirror } from "./open-service-mirror.ts";
import { readServiceSettings } from "./read-service-settings.ts";

export interface LocatedFrame extends StackFrame {
  /** Where it lies in the repository; null where it is not there under a name that can be told. */
  path: string | null;
  /** Where the repository's host shows the line as the release has it; null where that is not known. */
  url: string | null;
}

/** One kind of errors, with an example. */
export interface ErrorGroup {
  id: number;
  type: string;
  message: string;
  /** The route that was asked for; null where none is known. */
  route: string | null;
  /** Innermost first. */
  frames: LocatedFrame[];
  /** The release that told of the example; null where none is known. */
  releaseNumber: number | null;
  firstSeenAt: Moment;
  lastSeenAt: Moment;
}

/** NotFoundError where it is not known any more. */
export async function readErrorGroup(
  ctx: Context,
  id: number,
  installation: Installation,
): Promise<ErrorGroup> {
  const { sample, type, serviceSlug, firstSeenAt, lastSeenAt } = await getErrorGroup(ctx, id);
  const release = (await nameReleases(ctx, [sample.releaseId])).get(sample.releaseId) ?? null;
  const sha = release?.sha ?? null;
  return {
    ...{ id, type, message: sample.message, route: sample.route },
    frames: await locateFrames(ctx, { frames: sample.frames, serviceSlug, sha }, installation),
    releaseNumber: release?.number ?? null,
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: lastSeenAt.toISOString(),
  };
}

/** By what this machine knows of the repository: nothing is contacted for it. */
async function locateFrames(
  ctx: Context,
  sample: { frames: StackFrame[]; serviceSlug: string; sha: string | null },
  installation: Installation,
): Promise<LocatedFrame[]> {
  const { frames, sha } = sample;
  const service = await getService(ctx, sample.serviceSlug);
  const mirror = await openKnownMirror(ctx, service, installation);
  if (sha === null || mirror === null || !(await hasCommit(mirror, sha)))
    return frames.map((frame) => ({ ...frame, path: null, url: null }));
  const { scope } = await readServiceSettings(mirror, sha, service);
  const named = frames.map((frame) => ({
    frame,
    candidates: frame.isOwn ? pathCandidates(frame.file, scope.path) : [],
  }));
  const there = await whichFiles(
    mirror,
    sha,
    named.flatMap(({ candidates }) => candidates.map(({ path }) => path)),
  );
  return named.map(({ frame, candidates }) => {
    const found = candidates.find(({ path }) => there.has(path));
    if (found === undefined) return { ...frame, path: null, url: null };
    const line = found.isBuilt ? null : frame.line;
    return {
      ...frame,
      path: found.path,
      url: fileUrl(service.repositoryUrl, { sha, path: found.path, line }),
    };
  });
}
