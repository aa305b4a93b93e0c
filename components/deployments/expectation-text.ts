import { formatDurationMs } from "#server/domain/durations.ts";
import type { Expectation } from "#server/domain/read-models.ts";

/** How long the like took before, in a sentence. */
export function expectationText({ medianMs, p90Ms, sampleCount }: Expectation): string {
  if (medianMs === null || p90Ms === null)
    return "The first of its kind here: nobody knows yet how long it takes.";
  const runs = sampleCount === 1 ? "1 run" : `${sampleCount} runs`;
  return `Takes about ${formatDurationMs(medianMs)}; 9 of 10 took at most ${formatDurationMs(p90Ms)} (${runs}).`;
}
