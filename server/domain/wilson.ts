/** A share that was seen, and between which two it may really lie; 0 to 1. */
export interface Interval {
  share: number;
  low: number;
  high: number;
}

/** The normal quantile of 97.5 %. */
const z = 1.959963984540054;

/**
 * The 95 % interval of Wilson (1927), "Probable inference, the law of succession, and statistical inference": of use for
 * few cases and for none of them, too. Null where nothing was counted.
 */
export function wilson(events: number, all: number): Interval | null {
  if (all === 0) return null;
  const share = events / all;
  const shrink = 1 + z ** 2 / all;
  const middle = (share + z ** 2 / (2 * all)) / shrink;
  const half = (z / shrink) * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2));
  return {
    share,
    low: events === 0 ? 0 : Math.max(0, middle - half),
    high: events === all ? 1 : Math.min(1, middle + half),
  };
}
