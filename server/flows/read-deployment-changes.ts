import { keepsRelease } from "#server/domain/deployment.ts";
import type { Commits } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import { getService } from "#server/services/services/get-service.ts";
import { commitsBetween, none } from "./commits-between.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";
import { readServiceSettings } from "./read-service-settings.ts";

/** The commits that a deployment brings, and those that it takes away, against what was live when it was asked for. */
export async function readDeploymentChanges(
  ctx: Context,
  id: number,
  installation: Installation,
): Promise<{ goingLive: Commits; goingAway: Commits }> {
  const deployment = await getDeployment(ctx, id);
  if (keepsRelease(deployment.kind)) return { goingLive: none, goingAway: none };
  const service = await getService(ctx, deployment.serviceSlug);
  const { mirror } = await openServiceMirror(ctx, service, installation, { sha: deployment.sha });
  if (!(await hasCommit(mirror, deployment.sha))) return { goingLive: none, goingAway: none };
  const { scope } = await readServiceSettings(mirror, deployment.sha, service);
  const before = deployment.previousRelease?.sha ?? null;
  return {
    goingLive: await commitsBetween(mirror, { base: before, head: deployment.sha }, scope),
    goingAway: await takenAway(mirror, before, deployment.sha, scope),
  };
}

export async function takenAway(
  mirror: Parameters<typeof commitsBetween>[0],
  before: string | null,
  after: string,
  scope: Parameters<typeof commitsBetween>[2],
): Promise<Commits> {
  if (before === null || !(await hasCommit(mirror, before))) return none;
  return commitsBetween(mirror, { base: after, head: before }, scope);
}
