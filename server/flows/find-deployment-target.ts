import { actLabel } from "#server/domain/act-labels.ts";
import type { CheckedKind } from "#server/domain/conditions.ts";
import type { ConfigurationChange } from "#server/domain/configuration.ts";
import { type DeploymentKind, keepsRelease } from "#server/domain/deployment.ts";
import type { Commit, LiveRelease } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { findSwitchBackTarget } from "#server/services/deployments/find-switch-back-target.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { getRelease, type ReleaseWithSettings } from "#server/services/pipeline/get-release.ts";
import { resolveRef } from "#server/services/pipeline/resolve-ref.ts";
import type { Service, ServiceEnvironment } from "#server/services/services/get-service.ts";
import { toCommit } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { newestOwnCommit } from "./newest-own-commit.ts";
import { openServiceMirror } from "./open-service-mirror.ts";

export interface Wish {
  serviceSlug: string;
  environmentSlug: string;
  kind: DeploymentKind;
  /** Deploy, roll forward: the commit; the newest of the default branch that counts where left out, else its head. */
  sha?: string | undefined;
  /** Promote: the release; what is live one environment before where left out. */
  releaseNumber?: number | undefined;
  /** Why to deploy although a condition is not met that may be overridden: 10 to 500 characters. */
  overrideReason?: string | undefined;
  /** The conditions that were seen as not met; left out, the reason is for whatever is not met. */
  overridden?: CheckedKind[] | undefined;
  /** Whether to build without what builds before it have kept. */
  cleanBuild?: boolean | undefined;
  /** The incident that it is to end: the page of that follows it. */
  fixesIncidentId?: number | undefined;
  /** Switch-back: whether the release that is left is marked as bad; it is, where left out. */
  markBad?: boolean | undefined;
  /** Scale: the number of instances, null for the release's own; configure: that and the variables. */
  change?: ConfigurationChange | undefined;
  /** The version of the configuration that the change was made to, 0 for none; the newest where left out. */
  baseVersion?: number | undefined;
  /** ISO 8601 with its zone; now where left out. */
  scheduledFor?: string | undefined;
  /** Whether channels that are told beforehand are told of it now. */
  announce?: boolean | undefined;
}

export interface Target {
  commit: Commit;
  release: ReleaseWithSettings | null;
  /** Null where the target is a release and there is no mirror at hand. */
  mirror: Mirror | null;
}

export interface Around {
  service: Service;
  environment: ServiceEnvironment;
  live: Map<number, LiveRelease>;
  installation: Installation;
}

/** What a wish means at this moment: the commit and, where there is one, its release. */
export function findDeploymentTarget(ctx: Context, wish: Wish, around: Around): Promise<Target> {
  if (keepsRelease(wish.kind)) return findLive(ctx, around);
  if (wish.kind === "promote") return findPromoted(ctx, wish, around);
  if (wish.kind === "switch-back") return findFormer(ctx, wish, around);
  return findCommit(ctx, wish, around);
}

async function findCommit(ctx: Context, wish: Wish, around: Around): Promise<Target> {
  const { service, installation } = around;
  const need = wish.sha === undefined ? { refresh: true } : { sha: wish.sha };
  const { mirror } = await openServiceMirror(ctx, service, installation, need);
  const { defaultBranch } = service;
  const wanted = wish.sha ?? (await newestOwnCommit(mirror, defaultBranch, service)) ?? defaultBranch;
  const commit = await resolveRef(mirror, wanted).catch((error: unknown) => {
    const isUnknown = error instanceof ValidationError && error.field === "ref";
    throw isUnknown ? new ValidationError(error.message, "sha") : error;
  });
  const release = await getRelease(ctx, service.id, { sha: commit.sha });
  return { commit: toCommit(commit), release, mirror };
}

async function findPromoted(ctx: Context, wish: Wish, around: Around): Promise<Target> {
  const { service, environment, live } = around;
  const before = service.environments[service.environments.indexOf(environment) - 1];
  if (before === undefined) {
    throw new ValidationError(
      `${environment.name} is the first environment: deploy to it.`,
      "environmentSlug",
    );
  }
  const number = wish.releaseNumber ?? live.get(before.serviceEnvironmentId)?.number;
  if (number === undefined) throw new ConflictError(`Nothing is live in ${before.name} yet.`);
  const release = await getRelease(ctx, service.id, { number });
  if (release === null) throw new NotFoundError(`${service.name} has no release #${number}.`);
  return releaseTarget(ctx, release, around);
}

async function findFormer(ctx: Context, wish: Wish, around: Around): Promise<Target> {
  const { service, environment, live } = around;
  const { serviceEnvironmentId, name, slug } = environment;
  const current = live.get(serviceEnvironmentId);
  if (current === undefined) throw new ConflictError(`Nothing is live in ${name} yet.`);
  const found = await findSwitchBackTarget(ctx, { serviceEnvironmentId, liveReleaseId: current.id });
  const release = found === null ? null : await getRelease(ctx, service.id, { id: found.id });
  if (release === null) throw new ConflictError(`No other good release was live in ${name} before.`);
  if (wish.releaseNumber !== undefined && wish.releaseNumber !== release.number) {
    const { sha, number } = release;
    const label = actLabel("switch-back", { sha, releaseNumber: number, environmentSlug: slug });
    throw new ConflictError(`What is live in ${name} has changed meanwhile. Now it is: ${label}.`);
  }
  return releaseTarget(ctx, release, around);
}

/** It ships again as it is: nothing of the repository is asked. */
async function findLive(ctx: Context, { service, environment, live }: Around): Promise<Target> {
  const current = live.get(environment.serviceEnvironmentId);
  const release = current === undefined ? null : await getRelease(ctx, service.id, { id: current.id });
  if (release === null) throw new ConflictError(`Nothing is live in ${environment.name} yet.`);
  return { commit: commitOf(release), release, mirror: null };
}

function commitOf({ sha, subject, authorName, committedAt }: ReleaseWithSettings): Commit {
  return { sha, subject, authorName, committedAt };
}

/** A release needs no repository: what its commits are is left out where there is no mirror. */
async function releaseTarget(ctx: Context, release: ReleaseWithSettings, around: Around): Promise<Target> {
  const opened = await openServiceMirror(ctx, around.service, around.installation).catch((error: unknown) => {
    if (error instanceof ValidationError) return null;
    throw error;
  });
  return { commit: commitOf(release), release, mirror: opened?.mirror ?? null };
}
