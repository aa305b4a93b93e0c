import { formatDurationMs } from "#server/domain/durations.ts";

/** How long it probably still waits. */
export function WaitText({ ms }: { ms: number }) {
  if (ms < 1_000) return "It should start any moment.";
  return (
    <span title="The 90th percentile of the last runs of the like of those that it waits for">
      It probably starts within {formatDurationMs(ms)}.
    </span>
  );
}
