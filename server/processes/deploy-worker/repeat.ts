/**
 * Runs `work` every so often, never twice at once; what it throws goes to `report`, and the next round comes. A round that
 * was due while the last one still ran begins as soon as that is over.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  report: (problem: unknown) => void,
): { stop(): void } {
  let isRunning = false;
  let isDue = false;
  const begin = async () => {
    isDue = isRunning;
    if (isRunning) return;
    isRunning = true;
    await work().catch(report);
    isRunning = false;
    if (isDue) void begin();
  };
  const timer = setInterval(begin, everyMs);
  return {
    stop() {
      clearInterval(timer);
      isDue = false;
    },
  };
}
