import type { Commits, Environment, Moment, ReleaseWithArtifact } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { listStints, type Stint } from "#server/services/deployments/list-stints.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import { getRelease } from "#server/services/pipeline/get-release.ts";
import { listReleases } from "#server/services/pipeline/list-releases.ts";
import { getService, type Service } from "#server/services/services/get-service.ts";
import { commitsBetween, none } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { readServiceSettings } from "./read-service-settings.ts";

export interface ReleasePage {
  serviceSlug: string;
  serviceName: string;
  release: ReleaseWithArtifact;
  /** Where the service runs, in order. */
  environments: Environment[];
  /** Where it had the traffic and when, the latest first. */
  stints: ReleaseStint[];
}

export interface ReleaseStint extends Pick<Stint, "deploymentId" | "kind"> {
  environmentSlug: string;
  environmentName: string;
  /** The number of the release that had it before. */
  previousNumber: number | null;
  from: Moment;
  to: Moment | null;
}

export interface NamedRelease {
  slug: string;
  number: number;
}

/** A release, and where it ran. NotFoundError where there is none. */
export async function readReleasePage(ctx: Context, named: NamedRelease): Promise<ReleasePage> {
  const { service, release } = await findNamedRelease(ctx, named);
  const ids = service.environments.map(({ serviceEnvironmentId }) => serviceEnvironmentId);
  const stints = await listStints(ctx, release, ids);
  return {
    serviceSlug: service.slug,
    serviceName: service.name,
    release,
    environments: service.environments.map(({ id, slug, name, position, isProduction }) => ({
      ...{ id, slug, name, position, isProduction },
    })),
    stints: stints.flatMap(({ serviceEnvironmentId, deploymentId, kind, previous, from, to }) => {
      const place = service.environments.find((one) => one.serviceEnvironmentId === serviceEnvironmentId);
      if (place === undefined) return [];
      const { slug: environmentSlug, name: environmentName } = place;
      const previousNumber = previous?.number ?? null;
      return [{ deploymentId, kind, environmentSlug, environmentName, previousNumber, from, to }];
    }),
  };
}

/** The commits that it brings against the release made before it; none where the repository has them no more. */
export async function readReleaseCommits(
  ctx: Context,
  named: NamedRelease,
  installation: Installation,
): Promise<{ sinceNumber: number | null; commits: Commits }> {
  const { service, release } = await findNamedRelease(ctx, named);
  const [before] = await listReleases(ctx, { serviceId: service.id, before: release.number, limit: 1 });
  const sinceNumber = before?.number ?? null;
  const { mirror } = await openServiceMirror(ctx, service, installation, { sha: release.sha });
  if (!(await hasCommit(mirror, release.sha))) return { sinceNumber, commits: none };
  const { scope } = await readServiceSettings(mirror, release.sha, service);
  const range = { base: before?.sha ?? null, head: release.sha };
  return { sinceNumber, commits: await commitsBetween(mirror, range, scope) };
}

export async function findNamedRelease(
  ctx: Context,
  { slug, number }: NamedRelease,
): Promise<{ service: Service; release: ReleaseWithArtifact }> {
  const service = await getService(ctx, slug);
  const found = await getRelease(ctx, service.id, { number });
  if (found === null) throw new NotFoundError(`${service.name} has no release #${number}.`);
  const { settingsFile: _, ...release } = found;
  return { service, release };
}
