import type { Context } from "#server/kernel/context.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { listUnmeasured, type Unmeasured } from "#server/services/insights/list-unmeasured.ts";
import { recordBatch } from "#server/services/insights/record-batch.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { measureBatch } from "#server/services/pipeline/measure-batch.ts";
import type { Installation } from "./installation.ts";
import { openKnownMirror } from "./open-service-mirror.ts";
import { readServiceSettings } from "./read-service-settings.ts";

const atOnce = 50;
/** So long a commit that this machine's mirror does not have yet is waited for. */
const patienceMs = 3_600_000;

/** Finds out, of what has been deployed, how many commits and lines that were, by the mirrors as they stand. */
export async function measureBatches(
  ctx: Context,
  installation: Installation,
  logger: Logger,
): Promise<void> {
  for (const deployment of await listUnmeasured(ctx, atOnce)) {
    await measure(ctx, deployment, installation).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      logger.debug({ deployment: deployment.deploymentId, problem: messageOf(error) }, "batch not measured");
    });
  }
}

async function measure(ctx: Context, deployment: Unmeasured, installation: Installation): Promise<void> {
  const { sha, before, known, service, switchedAt } = deployment;
  // Nothing was there that it could be compared with.
  if (before === null) return recordBatch(ctx, deployment, null);
  const mirror = await openKnownMirror(ctx, service, installation);
  if (mirror === null || !(await hasBoth(mirror, sha, before))) {
    const isOld = ctx.now().getTime() - switchedAt.getTime() > patienceMs;
    return isOld ? recordBatch(ctx, deployment, null) : undefined;
  }
  const { scope } = await readServiceSettings(mirror, sha, service);
  await recordBatch(ctx, deployment, await measureBatch(mirror, { before, after: sha, known }, scope));
}

async function hasBoth(mirror: Mirror, one: string, other: string): Promise<boolean> {
  return (await hasCommit(mirror, one)) && (await hasCommit(mirror, other));
}
