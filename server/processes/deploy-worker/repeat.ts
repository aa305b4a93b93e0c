/**
 * Runs `work` every so often, never twice at once; what it throws goes to `report`, and the next round comes. A round that
 * was due while the last one still ran begins as soon as that is over.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  report: (problem: unknown) => void,
): {
  /** A round more, at once or after the one that runs. */
  now(): void;
  /** Resolves when the round that runs is over. */
  stop(): Promise<void>;
} {
  let running: Promise<void> | null = null;
  let isDue = false;
  let isStopped = false;
  const begin = () => {
    isDue = running !== null;
    if (running !== null || isStopped) return;
    running = work()
      .catch(report)
      .finally(() => {
        running = null;
        if (isDue) begin();
      });
  };
  const timer = setInterval(begin, everyMs);
  return {
    now: begin,
    async stop() {
      clearInterval(timer);
      isStopped = true;
      await running;
    },
  };
}
