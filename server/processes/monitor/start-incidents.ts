import { FollowIncidents } from "#server/flows/follow-incidents.ts";
import type { Installation } from "#server/flows/installation.ts";
import { measureFixes } from "#server/flows/measure-fixes.ts";
import { reactToVerdicts } from "#server/flows/react-to-verdicts.ts";
import { WatchInstances } from "#server/flows/watch-instances.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { repeat } from "../deploy-worker/repeat.ts";

const everyMs = 2_000;
const measureEveryMs = 15_000;

/** Opens incidents where something shows that users are affected, and follows them. `now` is for who knows of a verdict. */
export function startIncidents(
  ctx: Context,
  { steadySeconds, installation }: { steadySeconds: number; installation: Installation },
  logger: Logger,
): { now(): void; stop(): Promise<void> } {
  const instances = new WatchInstances();
  const incidents = new FollowIncidents({
    steadySeconds,
    isTroubled: (serviceEnvironmentId) => instances.isTroubled(serviceEnvironmentId),
  });
  const verdicts = repeat(
    everyMs,
    () => reactToVerdicts(ctx),
    (err) => logger.error({ err }, "verdicts not looked at"),
  );
  const following = repeat(
    everyMs,
    async () => {
      await instances.round(ctx);
      await incidents.round(ctx);
    },
    (err) => logger.error({ err }, "incidents not followed"),
  );
  const measuring = repeat(
    measureEveryMs,
    () => measureFixes(ctx, installation, logger),
    (err) => logger.error({ err }, "fixes not measured"),
  );
  return {
    now: verdicts.now,
    async stop() {
      await Promise.all([verdicts, following, measuring].map((rounds) => rounds.stop()));
    },
  };
}
