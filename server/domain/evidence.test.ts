import fc from "fast-check";
import { expect, test } from "vitest";
import { Evidence, type Hypothesis, logMean, noDifference, stakesOf, worseBy } from "./evidence.ts";

const requests = [
  [60, 540],
  [60, 540],
  [120, 480],
  [240, 360],
  [600, 600],
  [600, 600],
] as const;
const oldBad = [5, 6, 4, 4, 6, 5];

function follow(hypothesis: Hypothesis, newBad: readonly number[]): number[] {
  const evidence = new Evidence(hypothesis);
  return requests.map(([ofNew, ofOld], bucket) => {
    evidence.add(stakesOf(hypothesis, ofNew, ofOld), newBad[bucket] ?? 0, oldBad[bucket] ?? 0);
    return Number(evidence.logE().toFixed(6));
  });
}

test("more bad requests of the new release speak for worse, bucket by bucket", () => {
  expect(follow(noDifference, [2, 3, 4, 9, 21, 25])).toEqual([
    0.570551, 1.884446, 3.391722, 5.442689, 9.617252, 16.496977,
  ]);
});

test("as many speak against a margin", () => {
  expect(follow(worseBy(1.25), [1, 0, 1, 2, 5, 6])).toEqual([
    -0.390557, -0.077742, -0.192097, -0.120691, -0.055205, -0.331476,
  ]);
});

test("nothing bad says nothing, and the order of buckets does not matter", () => {
  const counts = fc.record({ ofNew: fc.nat(50), ofOld: fc.nat(50), newBad: fc.nat(9), oldBad: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(counts, { maxLength: 20 }), (buckets) => {
      const [there, back, none] = [1, 2, 3].map(() => new Evidence(noDifference));
      const stakes = ({ ofNew, ofOld }: (typeof buckets)[number]) =>
        stakesOf(noDifference, ofNew + 1, ofOld + 1);
      for (const bucket of buckets) {
        there?.add(stakes(bucket), bucket.newBad, bucket.oldBad);
        none?.add(stakes(bucket), 0, 0);
      }
      for (const bucket of buckets.toReversed()) back?.add(stakes(bucket), bucket.newBad, bucket.oldBad);
      expect(back?.logE()).toBeCloseTo(there?.logE() ?? Number.NaN, 6);
      expect(none?.logE()).toBeCloseTo(0, 12);
    }),
  );
});

test("what comes in clusters counts for less", () => {
  const evidence = new Evidence(noDifference);
  evidence.add(stakesOf(noDifference, 100, 100), 40, 10);
  expect(evidence.logE(2)).toBeLessThan(evidence.logE());
  const halved = new Evidence(noDifference);
  halved.add(stakesOf(noDifference, 100, 100), 20, 5);
  expect(evidence.logE(2)).toBeCloseTo(halved.logE(), 12);
});

test("several are averaged, and the largest of them is not taken", () => {
  expect(logMean([Math.log(6), Math.log(2)])).toBeCloseTo(Math.log(4), 12);
  expect(logMean([1_000, -1_000])).toBeCloseTo(1_000 - Math.log(2), 9);
});
