import type { Installation } from "#server/flows/installation.ts";
import { measureBatches } from "#server/flows/measure-batches.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { rollUp } from "#server/services/insights/roll-up.ts";
import { repeat } from "../deploy-worker/repeat.ts";

const addUpEveryMs = 2_000;
const measureEveryMs = 20_000;

/** Adds up what insights are made of, and finds out how large deployments were. */
export function startInsights(
  ctx: Context,
  installation: Installation,
  logger: Logger,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const sums = repeat(
    addUpEveryMs,
    async () => {
      while (!stopping.signal.aborted && (await rollUp(ctx)) > 0);
    },
    (err) => logger.error({ err }, "insights not added up"),
  );
  const batches = repeat(
    measureEveryMs,
    () => measureBatches(ctx, installation, logger),
    (err) => logger.error({ err }, "sizes of deployments not measured"),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all([sums.stop(), batches.stop()]);
    },
  };
}
