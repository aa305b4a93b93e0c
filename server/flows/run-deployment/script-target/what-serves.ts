import type { Run } from "../run.ts";

/** A command that has run may have changed anything, or nothing: only where it runs can one see which. */
export function whatServes({ work: { live } }: Run): string {
  const unknown =
    "The deploy command has run, so the portal does not know what is served now: look where it runs.";
  if (live === null) return `${unknown} Nothing is recorded as live.`;
  const { number } = live.release;
  return `${unknown} #${number} stays recorded as live: restart it to have its deploy command run again.`;
}
