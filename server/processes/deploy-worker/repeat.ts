/** Runs `work` every so often, never twice at once; what it throws goes to `report`, and the next round comes. */
export function repeat(
  everyMs: number,
  work: () => Promise<void>,
  report: (problem: unknown) => void,
): { stop(): void } {
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    work()
      .catch(report)
      .finally(() => {
        isRunning = false;
      });
  }, everyMs);
  return { stop: () => clearInterval(timer) };
}
