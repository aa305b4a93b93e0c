/** What became of an error with a release: first seen in it, more frequent, as before, or not seen any more. */
export const errorChanges = ["new", "grew", "as-before", "gone"] as const;
export type ErrorChange = (typeof errorChanges)[number];

export const changeWords: Record<ErrorChange, string> = {
  new: "New",
  grew: "More often",
  "as-before": "As before",
  gone: "Not seen any more",
};

/** Fewer are no trend. */
const leastGrown = 5;
const leastGrowth = 1.5;
/** So many standard deviations more than its share of both: by chance once in 700 times. */
const leastDeviations = 3;
/** So many would have been expected of one that is called gone. */
const leastMissed = 5;

/** How often one release told of an error, and how much it had to do meanwhile: requests, or minutes where none are counted. */
export interface Frequency {
  count: number;
  exposure: number;
}

/** `isFirst`: no release before told of it, ever. */
export function errorChange(ofNew: Frequency, ofOld: Frequency, isFirst: boolean): ErrorChange {
  if (isFirst && ofNew.count > 0 && ofOld.count === 0) return "new";
  const exposure = ofNew.exposure + ofOld.exposure;
  if (exposure <= 0) return "as-before";
  const share = ofNew.exposure / exposure;
  const expected = (ofNew.count + ofOld.count) * share;
  if (ofNew.count === 0) return expected >= leastMissed ? "gone" : "as-before";
  const deviation = Math.sqrt(expected * (1 - share));
  const isMuchMore = ofNew.count * ofOld.exposure >= leastGrowth * ofOld.count * ofNew.exposure;
  const isNoChance = ofNew.count - expected >= leastDeviations * deviation && share < 1;
  return ofNew.count >= leastGrown && isMuchMore && isNoChance ? "grew" : "as-before";
}
