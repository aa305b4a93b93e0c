import type { PublicLive } from "#server/api/types.ts";
import type { PublicItem } from "#server/domain/public-item.ts";

/** A place where something is live. */
export type LiveRelease = PublicLive & { release: number; since: string };

/** So many are seen at a glance. */
const mostAtAGlance = 12;

/**
 * What is live after this line of the feed. A line of long ago is told again when its note changes: what went live
 * after it stays.
 */
export function afterItem(live: readonly PublicLive[], item: PublicItem): readonly PublicLive[] {
  const { state, service, environment, release, endedAt } = item;
  if (state !== "live" || service === null || environment === null || release === null || endedAt === null) {
    return live;
  }
  return live.map((place) => {
    const isHere = place.service.slug === service.slug && place.environment.slug === environment.slug;
    return isHere && (place.since === null || place.since < endedAt)
      ? { service, environment, release, since: endedAt }
      : place;
  });
}

/** The newest in the order in which they came, and all others in the same order. */
export function atAGlance(live: readonly PublicLive[]): { seen: LiveRelease[]; others: LiveRelease[] } {
  const releases = live.filter((place) => place.release !== null && place.since !== null) as LiveRelease[];
  const newest = new Set(
    releases.toSorted((one, other) => (one.since < other.since ? 1 : -1)).slice(0, mostAtAGlance),
  );
  return {
    seen: releases.filter((release) => newest.has(release)),
    others: releases.filter((release) => !newest.has(release)),
  };
}
