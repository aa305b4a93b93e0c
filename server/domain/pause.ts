import type { Target } from "./targets.ts";

/** Longer, and clients give up by themselves. */
export const longestPauseSeconds = 30;

/** What a person can choose between. */
export const pauseChoices = [5, 10, 20, 30] as const;

/** Why no requests can be held; null where they can. */
export function whyNoPause({
  live,
  isHeld,
}: {
  live: { target: Target } | null;
  isHeld: boolean;
}): string | null {
  if (live === null) return "Nothing is live there, so no requests come.";
  if (live.target === "script") return "Its requests do not go through the portal\u2019s routers.";
  return isHeld ? "Requests are held already." : null;
}
