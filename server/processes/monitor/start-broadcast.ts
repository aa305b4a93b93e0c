import { tellNextChannel } from "#server/flows/tell-next-channel.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { enqueueChanges } from "#server/services/broadcast/enqueue.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import { repeat } from "../deploy-worker/repeat.ts";

/** So many channels are written to at once: one that hangs keeps no other waiting. */
const channelsAtOnce = 8;
const everyMs = 2_000;

/** Tells channels what happens, and tries again what did not arrive. `now` is for who knows that something happened. */
export function startBroadcast(
  ctx: Context,
  outside: Outside,
  logger: Logger,
): { now(): void; stop(): Promise<void> } {
  const stopping = new AbortController();
  const report = (err: unknown) => logger.error({ err }, "channels not told");
  const senders = Array.from({ length: channelsAtOnce }, () =>
    repeat(
      everyMs,
      async () => {
        while (!stopping.signal.aborted && (await tellNextChannel(ctx, outside, stopping.signal)));
      },
      report,
    ),
  );
  const enqueuing = repeat(
    everyMs,
    async () => {
      while (!stopping.signal.aborted && (await enqueueChanges(ctx)));
      for (const sender of senders) sender.now();
    },
    report,
  );
  return {
    now: enqueuing.now,
    async stop() {
      stopping.abort();
      await Promise.all([enqueuing, ...senders].map((rounds) => rounds.stop()));
    },
  };
}
