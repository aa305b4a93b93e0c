import fc from "fast-check";
import { expect, test } from "vitest";
import {
  affectedOf,
  isSteady,
  isWellSince,
  isWithin,
  minutesOf,
  type ServedBucket,
  servedOf,
  usualRange,
} from "./recovery.ts";

const steady = { until: 1_000, steadySeconds: 120 };
const begins = steady.until - steady.steadySeconds;

/** A bucket each second of the steady time. */
function second(at: number, requests: number, bad: number): ServedBucket {
  return { at, requests, bad };
}
const seconds = (requests: number, badAt: (at: number) => number) =>
  Array.from({ length: steady.steadySeconds }, (_, place) =>
    second(begins + place, requests, badAt(begins + place)),
  );
const before = (requests: number, bad: number) =>
  usualRange(Array.from({ length: 30 }, () => ({ requests, bad })));

const anyRange = fc
  .record({
    rate: fc.double({ min: 0, max: 0.2, noNaN: true }),
    overdispersion: fc.double({ min: 1, max: 5, noNaN: true }),
  })
  .map((range) => range);
const anyBuckets = fc.array(
  fc
    .record({
      at: fc.integer({ min: begins - 50, max: steady.until + 50 }),
      requests: fc.nat(200),
      share: fc.nat(100),
    })
    .map(({ at, requests, share }) => second(at, requests, Math.floor((requests * share) / 100))),
  { maxLength: 200 },
);

test("what goes on as it was before is steady", () => {
  const range = before(6_000, 60);
  expect(
    isSteady(
      seconds(100, () => 1),
      range,
      steady,
    ),
  ).toBe(true);
});

test("one more bad request never makes it steady", () => {
  fc.assert(
    fc.property(anyBuckets, anyRange, fc.nat(199), (buckets, range, place) => {
      const worse = buckets.map((bucket, index) =>
        index === place && bucket.bad < bucket.requests ? { ...bucket, bad: bucket.bad + 1 } : bucket,
      );
      if (isSteady(worse, range, steady)) expect(isSteady(buckets, range, steady)).toBe(true);
    }),
  );
});

test("what is bad in any quarter of the time hides nowhere", () => {
  const range = before(6_000, 6);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3 }), (quarter) => {
      const [from, to] = [begins + quarter * 30, begins + (quarter + 1) * 30];
      const buckets = seconds(100, (at) => (at >= from && at < to ? 1 : 0));
      expect(isSteady(buckets, range, steady)).toBe(false);
    }),
  );
});

test("it is not steady before its whole time is over, nor with a gap in it", () => {
  const range = before(600, 0);
  const good = seconds(10, () => 0);
  expect(isSteady(good.slice(40), range, steady)).toBe(false);
  expect(isSteady([...good.slice(0, 30), ...good.slice(60)], range, steady)).toBe(false);
  expect(isSteady(good, range, steady)).toBe(true);
});

test("what is outside of the steady time says nothing about it", () => {
  fc.assert(
    fc.property(anyBuckets, anyRange, (buckets, range) => {
      const inside = buckets.filter(({ at }) => at >= begins && at < steady.until);
      expect(isSteady(buckets, range, steady)).toBe(isSteady(inside, range, steady));
    }),
  );
});

test("with little traffic, now or before, nothing is said", () => {
  expect(usualRange([{ requests: 99, bad: 0 }])).toBeNull();
  expect(
    isSteady(
      seconds(100, () => 0),
      null,
      steady,
    ),
  ).toBe(false);
  const few = [...Array(20).keys()].map((place) => second(begins + place * 6, 1, 0));
  expect(isSteady(few, before(600, 0), steady)).toBe(false);
  expect(isWellSince(few.slice(0, 19), begins, before(600, 0))).toBeNull();
  expect(
    isWellSince(
      seconds(10, () => 0),
      begins,
      null,
    ),
  ).toBeNull();
});

test("users are well as soon as enough went well since", () => {
  const range = before(600, 6);
  const buckets = seconds(10, (at) => (at < begins + 60 ? 10 : 0));
  expect(isWellSince(buckets, begins, range)).toBe(false);
  expect(isWellSince(buckets, begins + 60, range)).toBe(true);
});

test("a rate ten times as high is never within the range", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), (bad) => {
      const range = usualRange([{ requests: 10_000, bad }]);
      if (range === null) throw new Error("Enough was served.");
      expect(isWithin({ requests: 10_000, bad: bad * 10 + 10 }, range)).toBe(false);
      expect(isWithin({ requests: 10_000, bad }, range)).toBe(true);
    }),
  );
});

test("no more can feel it than were served, and those that always fail do not count", () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(1_000), anyRange, (requests, bad, range) => {
      const affected = affectedOf({ requests, bad: Math.min(bad, requests) }, range);
      expect(affected).toBeGreaterThanOrEqual(0);
      expect(affected).toBeLessThanOrEqual(Math.min(bad, requests));
    }),
  );
  expect(affectedOf({ requests: 1_000, bad: 60 }, { rate: 0.01, overdispersion: 1 })).toBe(50);
});

test("where slowness is felt, what took longer counts, whether it failed or not", () => {
  const bucket = {
    ...{ beginsAt: 60, seconds: 1, releaseId: 1, byShare: false, requests: 4, errors: 1 },
    // One below 2^-4 ms, one up to that bound of a slot, two above.
    latency: [1, 1, 2],
  };
  const bound = 2 ** (-4 + 1 / 8);
  expect(servedOf([bucket], null)).toEqual([{ at: 60, requests: 4, bad: 1 }]);
  expect(servedOf([bucket], bound)).toEqual([{ at: 60, requests: 4, bad: 2 }]);
  expect(
    minutesOf(servedOf([bucket, { ...bucket, beginsAt: 119 }, { ...bucket, beginsAt: 120 }], null)),
  ).toEqual([
    { requests: 8, bad: 2 },
    { requests: 4, bad: 1 },
  ]);
});
