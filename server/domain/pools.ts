/** The pools of a service environment. Which one is live is the pointer row's business alone. */

/**
 * Two in turn, and a third that is used only while the live release is known bad: the last good one stays beside it,
 * and the fix starts in the third.
 */
export const poolColors = ["blue", "green", "violet"] as const;
export type PoolColor = (typeof poolColors)[number];

/** `ready` means that every instance answered its health path; a ready pool that is not live is warm. */
export const poolStatuses = ["empty", "starting", "ready", "ending"] as const;
export type PoolStatus = (typeof poolStatuses)[number];

/** An `unhealthy` one runs, and takes no requests until its health path answers well again. */
export const instanceStatuses = [
  "starting",
  "healthy",
  "unhealthy",
  "restarting",
  "ending",
  "ended",
] as const;
export type InstanceStatus = (typeof instanceStatuses)[number];

export interface PoolState {
  color: PoolColor;
  status: PoolStatus;
  releaseId: number | null;
  isReleaseBad: boolean;
  /** The deployment that it was last started or kept for. */
  deploymentId: number | null;
}

export interface PoolQuestion {
  pools: readonly PoolState[];
  /** Takes traffic, all or most of it. */
  live: PoolColor | null;
  /** Takes a share of it: a canary, or what is held back. */
  candidate: PoolColor | null;
  /** The release to go back to while the live one is known bad: its pool is not taken. Null while the live one is good. */
  protectedReleaseId: number | null;
}

/** The pool that a new release starts in: one that takes no traffic and is missed least. Null where a share has to end first. */
export function choosePool({ pools, live, candidate, protectedReleaseId }: PoolQuestion): PoolColor | null {
  const idle = pools.filter((pool) => pool.color !== live && pool.color !== candidate);
  const keep = idle.find((pool) => stands(pool, protectedReleaseId));
  const [chosen] = idle.filter((pool) => pool !== keep).sort(byUse);
  return chosen?.color ?? null;
}

/** The pool in which the release stands ready, be it held back with a share; null where it has to be started. */
export function warmPool({ pools, live }: PoolQuestion, releaseId: number): PoolColor | null {
  return pools.find((pool) => pool.color !== live && stands(pool, releaseId))?.color ?? null;
}

/**
 * The pool that one looks at before it is live: of those that stand ready beside the live one, what a deployment took
 * last. That is the one being verified, else what is warm. Null where none does.
 */
export function nextPool(
  ready: readonly Pick<PoolState, "color" | "deploymentId">[],
  livePool: PoolColor | null,
): PoolColor | null {
  const idle = ready.filter((pool) => pool.color !== livePool);
  const [next] = idle.sort((left, right) => (right.deploymentId ?? 0) - (left.deploymentId ?? 0));
  return next?.color ?? null;
}

function stands(pool: PoolState, releaseId: number | null): boolean {
  return releaseId !== null && pool.status === "ready" && pool.releaseId === releaseId;
}

/** The third only where it must be; else what is empty, what is known bad, what has stood longest. */
function byUse(left: PoolState, right: PoolState): number {
  const rank = (pool: PoolState) => [
    pool.color === "violet" ? 1 : 0,
    pool.status === "empty" ? 0 : 1,
    pool.isReleaseBad ? 0 : 1,
    pool.deploymentId ?? 0,
    poolColors.indexOf(pool.color),
  ];
  const [a, b] = [rank(left), rank(right)];
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
