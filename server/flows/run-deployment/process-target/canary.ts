import { formatDurationMs } from "#server/domain/durations.ts";
import { verdictSentence } from "#server/domain/review.ts";
import { type CanarySettings, shareText, stickyText, whyNoShare } from "#server/domain/shares.ts";
import { inTransaction } from "#server/kernel/context.ts";
import { StepError } from "#server/kernel/errors.ts";
import { beginCanary } from "#server/services/deployments/begin-canary.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { readCanaryEnd } from "#server/services/deployments/read-canary-end.ts";
import { waitUntil } from "#server/services/traffic/notice-source.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import type { Route } from "#server/services/traffic/route.ts";
import { giveShare } from "#server/services/traffic/share-traffic.ts";
import { onPointer } from "../move-pointer.ts";
import { poolOf, type Run, releaseOf } from "../run.ts";
import { readFormer } from "./former.ts";
import { processSettingsOf } from "./process-settings.ts";

const lookEveryMs = 1_000;
/** An instance that died is started again, which takes a moment: so long nobody may answer in the pool. */
const mostSilenceMs = 10_000;

/**
 * Gives the pool a share of the requests for a time, or until somebody says that all may come. Throws StepError where it
 * cannot hold even that. Whoever gives the run up takes the share back: `abandon`.
 */
export async function canary(run: Run, log: StepLog): Promise<void> {
  const { canary: settings } = processSettingsOf(run);
  if (settings === null) return;
  const reason = whyNoShare({ kind: run.work.kind, former: await readFormer(run) });
  if (reason !== null) return log.note(`No canary: ${reason}. All traffic moves at once.`);
  await begin(run, settings);
  const { number } = releaseOf(run);
  log.note(
    `#${number} takes ${shareText(settings.share)} of the requests for ${formatDurationMs(settings.forMs)}: ` +
      `${stickyText(settings.sticky)}.`,
  );
  await untilOver(run, log, settings.share);
  run.signal.throwIfAborted();
  log.note(`All traffic follows. ${await sayHowItDid(run)}`);
}

/** As far as it was found while both were served. */
async function sayHowItDid({ ctx, lease }: Run): Promise<string> {
  const { canaryOutcome, previousRelease } = await getDeployment(ctx, lease.deploymentId);
  if (canaryOutcome === null) return "Nothing was counted long enough to say how it did.";
  return verdictSentence(canaryOutcome, previousRelease?.number ?? null);
}

async function begin(run: Run, { share, forMs, sticky }: CanarySettings): Promise<void> {
  const { serviceEnvironmentId } = run.work;
  const { drainMs } = processSettingsOf(run);
  const { color: pool } = poolOf(run);
  // Before it is sent: the answer may be lost.
  run.pool = { ...poolOf(run), hadShare: true };
  await onPointer(run, (expectedGeneration) =>
    inTransaction(run.ctx, async (tx) => {
      await beginCanary(tx, run.lease, { forMs });
      const given = { serviceEnvironmentId, pool, share, sticky, expectedGeneration, drainMs };
      return (await giveShare(tx, given)).generation;
    }),
  );
}

/** `given` is what it began with: a change by hand may come before the first look. */
async function untilOver(run: Run, log: StepLog, given: number): Promise<void> {
  const { deploymentId } = run.lease;
  let share = shareText(given);
  let heardAtMs = run.ctx.now().getTime();
  const look = async () => {
    const [leftMs, route] = [await readCanaryEnd(run.ctx, deploymentId), await routeOf(run)];
    run.signal.throwIfAborted();
    const { color } = poolOf(run);
    if (route.candidatePool !== color) throw new StepError("Its share of the traffic was taken from it.");
    const taken = shareText(route.candidateShare);
    if (taken !== share) log.note(`It takes ${taken} from now on.`);
    share = taken;
    const nowMs = run.ctx.now().getTime();
    if (route.pools[color].length > 0) heardAtMs = nowMs;
    if (nowMs - heardAtMs >= mostSilenceMs) {
      throw new StepError(
        `No instance of the ${color} pool has answered for a while under its share of the traffic.`,
      );
    }
    return { done: leftMs === 0, leftMs };
  };
  const isWoken = ({ topic, id }: { topic: string; id: string }) =>
    topic === "deployment" && id === String(deploymentId);
  for (;;) {
    const waiting = { timeoutMs: 3_600_000, signal: run.signal, isWoken, pollEveryMs: lookEveryMs };
    const { done } = await waitUntil(run.machine.notices, waiting, look);
    if (done || run.signal.aborted) return;
  }
}

async function routeOf({ ctx, work }: Run): Promise<Route> {
  const [route] = await readRoutes(ctx, work.serviceEnvironmentId);
  if (route === undefined) throw new StepError("This service environment does not exist any more.");
  return route;
}
