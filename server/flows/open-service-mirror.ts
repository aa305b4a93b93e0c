import type { Context } from "#server/kernel/context.ts";
import { messageOf, ValidationError } from "#server/kernel/errors.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import { ensureMirror, type Mirror, openMirror } from "#server/services/pipeline/ensure-mirror.ts";
import { publicReader } from "#server/services/pipeline/repository-access.ts";
import { findServiceCredential } from "#server/services/repositories/credential.ts";
import type { Installation } from "./installation.ts";
import { serviceAccess } from "./repository-access.ts";

/** Long enough for a fetch, short enough for somebody who waits; the fetch goes on beyond it. */
const patienceMs = 10_000;

export interface OpenedMirror {
  mirror: Mirror;
  /** Why the repository could not be asked; what the mirror shows is older then. */
  problem: string | null;
}

interface Need {
  /** It must have this commit. */
  sha?: string | undefined;
  /** It must be as the repository is now. */
  refresh?: boolean | undefined;
}

type ServicePlace = { id: number; repositoryUrl: string };

/**
 * The mirror of a service's repository, without contacting it where what is here will do.
 * Throws ValidationError "repositoryUrl" where there is no mirror and none can be made in ten seconds.
 */
export async function openServiceMirror(
  ctx: Context,
  service: ServicePlace,
  installation: Installation,
  need: Need = {},
): Promise<OpenedMirror> {
  const known = await openKnownMirror(ctx, service, installation);
  if (known !== null && (await satisfies(known, need))) return { mirror: known, problem: null };
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const mirror = await refreshServiceMirror(ctx, service, installation, signal);
    return { mirror, problem: null };
  } catch (error) {
    const problem = problemOf(error);
    if (known === null) throw new ValidationError(problem, "repositoryUrl");
    return { mirror: known, problem };
  }
}

/** As it stands; null where this service has not read its repository yet. */
export async function openKnownMirror(
  ctx: Context,
  service: ServicePlace,
  { mirrorsFolder }: Installation,
): Promise<Mirror | null> {
  const reader = (await findServiceCredential(ctx, service))?.id ?? publicReader;
  return openMirror({ repositoryUrl: service.repositoryUrl, mirrorsFolder, reader });
}

/** As the repository is now. */
export async function refreshServiceMirror(
  ctx: Context,
  service: ServicePlace,
  installation: Installation,
  signal: AbortSignal,
): Promise<Mirror> {
  const { repositoryUrl } = service;
  const { mirrorsFolder, allowedLocalFolders } = installation;
  const access = await serviceAccess(ctx, service, installation);
  return ensureMirror({ repositoryUrl, mirrorsFolder, allowedLocalFolders, access, signal });
}

async function satisfies(mirror: Mirror, need: Need): Promise<boolean> {
  if (need.refresh === true) return false;
  return need.sha === undefined || (await hasCommit(mirror, need.sha));
}

function problemOf(error: unknown): string {
  if (error instanceof ValidationError) return error.message;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return "The repository has not answered for ten seconds. Its copy here goes on being fetched: try again soon.";
  }
  throw new Error(`The mirror could not be opened: ${messageOf(error)}`, { cause: error });
}
