import type { Run } from "./run.ts";

/** What serves where the run has changed nothing of it. */
export function untouched({ work: { live } }: Run): string {
  if (live === null) return "Nothing was live before, and nothing is now.";
  return `Live traffic was not touched: #${live.release.number} still serves.`;
}
