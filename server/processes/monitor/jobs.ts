import { setTimeout as delay } from "node:timers/promises";
import { type JobHelpers, Logger as JobLogger, type Runner, run } from "graphile-worker";
import { checkAudit } from "#server/flows/check-audit.ts";
import { clearArtifacts } from "#server/flows/clear-artifacts.ts";
import { refreshWaitingCommits } from "#server/flows/count-waiting-commits.ts";
import { ensureTour } from "#server/flows/ensure-tour.ts";
import { forgetDeliveries } from "#server/services/broadcast/forget-deliveries.ts";
import { keepLogDays } from "#server/services/deployments/keep-log-days.ts";
import { dropOldChanges } from "#server/services/feed/drop-old-changes.ts";
import { dropUnusedPictures } from "#server/services/feed/drop-unused-pictures.ts";
import { forgetOldFailures } from "#server/services/identity/forget-old-failures.ts";
import { forgetSubscriptions } from "#server/services/subscriptions/forget-subscriptions.ts";
import { keepCounts } from "#server/services/telemetry/keep-counts.ts";
import { dropOldMirrorCounts } from "#server/services/traffic/drop-old-mirror-counts.ts";
import type { MonitorSettings } from "./start-monitor.ts";

/** Background work that survives a restart and is done by one monitor at a time, however many run. */
const refreshEveryMs = 20_000;
const keepLogsEveryMs = 3_600_000;
const keepMirrorCountsDays = 14;
/** What a channel was told can be looked up for so long. */
const keepDeliveriesDays = { settled: 30, dead: 90 };
/** Whoever was away for longer reads the feed's page instead of what happened on it. */
const keepFeedChangesDays = 14;
/** What ended is known by its address for so long. */
const keepAddressDays = 30;
const clearArtifactsEveryMs = 3_600_000;
const checkAuditEveryMs = 24 * 3_600_000;
/** After the start, so that a new installation's first entries are in its first check. */
const firstCheckAfterMs = 60_000;

/** After a pause: what broke it off, such as a database that went away, may not be over yet. */
const beginAgainAfterMs = 1_000;

export async function startJobs(settings: MonitorSettings): Promise<{ stop(): Promise<void> }> {
  const { logger } = settings;
  const stopping = new AbortController();
  const { signal } = stopping;
  let runner: Runner | null = await startRunner(settings, signal);
  const pause = () => delay(beginAgainAfterMs, undefined, { signal }).catch(() => undefined);

  /** A runner that cannot write how a job ended stops as a whole: another takes its place. */
  async function keepRunning(): Promise<void> {
    while (!signal.aborted) {
      try {
        runner ??= await startRunner(settings, signal);
        // Asked to stop while it began, it has been told by nobody.
        if (signal.aborted) await runner.stop();
        await runner.promise;
      } catch (err) {
        logger.warn({ err }, "the jobs broke off");
      }
      if (signal.aborted) return;
      runner = null;
      await pause();
    }
  }
  const kept = keepRunning();
  return {
    async stop() {
      stopping.abort();
      await runner?.stop().catch((err: unknown) => logger.debug({ err }, "the jobs had broken off"));
      await kept;
    },
  };
}

async function startRunner(settings: MonitorSettings, signal: AbortSignal): Promise<Runner> {
  const { ctx, installation, exampleFolder, logger, artifacts } = settings;
  const refresh = { jobKey: "refresh-mirrors", maxAttempts: 3 };
  const logs = { jobKey: "keep-logs", maxAttempts: 3 };
  const clear = { jobKey: "clear-artifacts", maxAttempts: 3 };
  const check = { jobKey: "check-audit", maxAttempts: 3 };
  const runner = await run({
    connectionString: settings.databaseUrl,
    concurrency: 2,
    pollInterval: 2_000,
    maxPoolSize: 4,
    noHandleSignals: true,
    logger: new JobLogger(() => (level, message) => {
      if (level === "error") logger.error(message);
      else logger.debug(message);
    }),
    taskList: {
      "ensure-tour": async () => {
        const outcome = await ensureTour({ ...ctx, actor: tourGuide }, { installation, exampleFolder });
        logger.info({ outcome }, "tour");
      },
      "check-audit": repeatedly(check, checkAuditEveryMs, async () => {
        const { problem, ...facts } = await checkAudit(ctx);
        if (problem === null) logger.info(facts, "audit log verified");
        else logger.error({ ...facts, problem }, "the audit log is not intact");
      }),
      "keep-logs": repeatedly(logs, keepLogsEveryMs, async () => {
        const { droppedDays } = await keepLogDays(ctx, installation.keepLogsDays);
        if (droppedDays > 0) logger.info({ droppedDays }, "logs of days that are over dropped");
        const { droppedPartitions } = await keepCounts(ctx, installation.keepCountsDays);
        if (droppedPartitions > 0) logger.info({ droppedPartitions }, "counts whose time is over dropped");
        await dropOldMirrorCounts(ctx, keepMirrorCountsDays);
        await forgetDeliveries(ctx, keepDeliveriesDays);
        await dropOldChanges(ctx, keepFeedChangesDays);
        await dropUnusedPictures(ctx);
        await forgetSubscriptions(ctx, keepAddressDays);
        await forgetOldFailures(ctx);
      }),
      "clear-artifacts": repeatedly(clear, clearArtifactsEveryMs, async () => {
        const { marked, removed } = await clearArtifacts(ctx, artifacts);
        if (marked + removed > 0) logger.info({ marked, removed }, "artifacts cleared away");
      }),
      "refresh-mirrors": repeatedly(refresh, refreshEveryMs, () =>
        refreshWaitingCommits(ctx, installation, { logger, signal }),
      ),
    },
  });
  await runner.addJob("ensure-tour", {}, { jobKey: "ensure-tour", maxAttempts: 10 });
  await runner.addJob("keep-logs", {}, logs);
  await runner.addJob("refresh-mirrors", {}, refresh);
  await runner.addJob("clear-artifacts", {}, clear);
  // A check that stands for later is left there: a restart does not walk a long log again.
  const runAt = new Date(Date.now() + firstCheckAfterMs);
  await runner.addJob("check-audit", {}, { ...check, runAt, jobKeyMode: "preserve_run_at" });
  return runner;
}

const tourGuide = { kind: "system", name: "Anytime tour" } as const;

/** Does the work and stands in the queue for its next time, however it went. */
function repeatedly(
  job: { jobKey: string; maxAttempts: number },
  everyMs: number,
  work: () => Promise<void>,
) {
  return async (_: unknown, helpers: JobHelpers) => {
    try {
      await work();
    } finally {
      const runAt = new Date(Date.now() + everyMs);
      await helpers.addJob(job.jobKey, {}, { ...job, runAt });
    }
  };
}
