/** The two pools of a service environment. Which one is live is the pointer row's business alone. */

export const poolColors = ["blue", "green"] as const;
export type PoolColor = (typeof poolColors)[number];

/** `ready` means that every instance answered its health path; a ready pool that is not live is warm. */
export const poolStatuses = ["empty", "starting", "ready", "ending"] as const;
export type PoolStatus = (typeof poolStatuses)[number];

export const instanceStatuses = ["starting", "healthy", "restarting", "ending", "ended"] as const;
export type InstanceStatus = (typeof instanceStatuses)[number];

/** The pool that a new release starts in: the one that takes no traffic. */
export function idlePool(livePool: PoolColor | null): PoolColor {
  return livePool === "blue" ? "green" : "blue";
}
