import type postgres from "postgres";
import { countSwitches } from "#server/flows/count-switches.ts";
import { recountWaitingCommits } from "#server/flows/count-waiting-commits.ts";
import { finishRemovals } from "#server/flows/finish-removals.ts";
import type { Installation } from "#server/flows/installation.ts";
import { promoteSoaked } from "#server/flows/promote-soaked.ts";
import { reapLostDeployments } from "#server/flows/reap-lost-deployments.ts";
import { startDueDeployments } from "#server/flows/start-scheduled.ts";
import { TryVerdict } from "#server/flows/try-verdict.ts";
import { WatchCanaries } from "#server/flows/watch-canaries.ts";
import { WatchReleases } from "#server/flows/watch-releases.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { listen, type Notice } from "#server/kernel/notifications.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import { liftPastHolds } from "#server/services/feed/lift-past-holds.ts";
import type { ArtifactStore } from "#server/services/pipeline/artifact-store.ts";
import { ensureEnvironments } from "#server/services/services/ensure-environments.ts";
import { sumDue } from "#server/services/telemetry/sum-due.ts";
import { endShares } from "#server/services/traffic/share-traffic.ts";
import { repeat } from "../deploy-worker/repeat.ts";
import { startJobs } from "./jobs.ts";
import { startBroadcast } from "./start-broadcast.ts";
import { startIncidents } from "./start-incidents.ts";
import { startInsights } from "./start-insights.ts";
import { startReviewMails } from "./start-review-mails.ts";
import { startSubscriptions } from "./start-subscriptions.ts";
import { watchSilence } from "./watch-silence.ts";

export interface MonitorSettings {
  ctx: Context;
  sql: postgres.Sql;
  databaseUrl: string;
  installation: Installation;
  /** How many of each service's newest releases are kept, and the store that all machines share. */
  artifacts: { keepReleases: number; shared: ArtifactStore | null };
  /** What writes to channels. */
  outside: Outside;
  /** The sample service that the tour deploys. */
  exampleFolder: string;
  /** So long the rate has to be back in its range for a recovery. */
  recoverySeconds: number;
  logger: Logger;
}

const everyMs = 2_000;
const promoteEveryMs = 10_000;
const endSharesEveryMs = 1_000;
const sumEveryMs = 5_000;
const scheduler = { kind: "system", name: "Schedule" } as const;

/** Several monitors may run: each round is safe to be run by any of them. */
export async function startMonitor(settings: MonitorSettings): Promise<{ stop(): Promise<void> }> {
  const { ctx, logger, sql, installation } = settings;
  await ensureEnvironments(ctx);
  const jobs = await startJobs(settings);
  const silence = watchSilence(ctx, logger);
  const rounds = repeat(
    everyMs,
    async () => {
      const settled = await reapLostDeployments(ctx);
      if (settled > 0) logger.warn({ settled }, "deployments of lost workers settled");
      for (const slug of await finishRemovals(ctx)) logger.info({ service: slug }, "service removed");
      await silence();
    },
    (err) => logger.error({ err }, "round failed"),
  );
  const schedule = repeat(
    everyMs,
    () => startDueDeployments({ ...ctx, actor: scheduler }, installation, logger),
    (err) => logger.error({ err }, "scheduled deployments not looked at"),
  );
  const promotions = repeat(
    promoteEveryMs,
    () => promoteSoaked(ctx, installation),
    (err) => logger.error({ err }, "promotions not looked at"),
  );
  const counts = repeat(
    everyMs,
    () => countSwitches(ctx),
    (err) => logger.error({ err }, "what was counted around switches not looked at"),
  );
  const sums = repeat(
    sumEveryMs,
    () => sumDue(ctx),
    (err) => logger.error({ err }, "what was counted was not summed"),
  );
  const shares = repeat(
    endSharesEveryMs,
    async () => void (await endShares(ctx)),
    (err) => logger.error({ err }, "shares of the traffic not looked at"),
  );
  const releases = new WatchReleases();
  const reviews = repeat(
    everyMs,
    () => releases.round(ctx),
    (err) => logger.error({ err }, "releases not watched"),
  );
  const watchedCanaries = new WatchCanaries();
  const canaries = repeat(
    everyMs,
    () => watchedCanaries.round(ctx),
    (err) => logger.error({ err }, "canaries not watched"),
  );
  const ownVerdict = new TryVerdict();
  const trials = repeat(
    everyMs,
    async () => void (await ownVerdict.round(ctx)),
    (err) => logger.error({ err }, "the verdict was not tried"),
  );
  const incidents = startIncidents(ctx, { steadySeconds: settings.recoverySeconds, installation }, logger);
  const insights = startInsights(ctx, installation, logger);
  const broadcast = startBroadcast(ctx, settings.outside, logger);
  const reviewMails = startReviewMails(ctx, settings.outside, logger);
  const holds = repeat(
    everyMs,
    async () => void (await liftPastHolds(ctx)),
    (err) => logger.error({ err }, "holds that are over not looked at"),
  );
  const subscriptions = startSubscriptions(ctx, settings.outside, logger);
  const listener = await listen(sql, {
    onNotice: (notice) => {
      if (notice.topic === "feed" || notice.topic === "channel") broadcast.now();
      else if (notice.topic === "review") incidents.now();
      else onNotice(settings, notice);
    },
    onResync: () => logger.debug("listening"),
  });
  return {
    async stop() {
      rounds.stop();
      schedule.stop();
      promotions.stop();
      counts.stop();
      sums.stop();
      shares.stop();
      reviews.stop();
      canaries.stop();
      trials.stop();
      holds.stop();
      await Promise.all([
        broadcast.stop(),
        subscriptions.stop(),
        reviewMails.stop(),
        incidents.stop(),
        insights.stop(),
      ]);
      await listener.close();
      await jobs.stop();
    },
  };
}

/** What is live has changed: the number of commits that wait has, too. */
function onNotice({ ctx, installation, logger }: MonitorSettings, notice: Notice): void {
  if (notice.topic !== "route" || notice.body === undefined) return;
  recountWaitingCommits(ctx, Number(notice.id), installation).catch((err: unknown) =>
    logger.error({ err }, "waiting commits not counted"),
  );
}
