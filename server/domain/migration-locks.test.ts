import { expect, test } from "vitest";
import { addSample, type LockMode, noLocks, recordedLocks, type SampledLock } from "./migration-locks.ts";

const lock = (change: Partial<SampledLock> = {}): SampledLock => ({
  ...{ relation: "public.orders", mode: "ACCESS EXCLUSIVE", isHeld: true, isWaitedFor: false },
  sessionsBehind: 0,
  ...change,
});
const record = (...samples: [number, SampledLock[]][]) =>
  recordedLocks(samples.reduce((so, [atMs, locks]) => addSample(so, { atMs, locks }), noLocks));

test("a lock counts from one look to the next, and for one time between two where it is new", () => {
  expect(record([1_000, [lock()]])).toMatchObject([{ heldMs: 100 }]);
  expect(record([1_000, []], [1_100, [lock()]], [1_200, [lock()]], [1_310, []])).toMatchObject([
    { heldMs: 200 },
  ]);
});

test("what was held through a pause was held all the time; what is new after it was not", () => {
  expect(record([0, [lock()]], [5_000, [lock()]])).toMatchObject([{ heldMs: 5_100 }]);
  expect(record([0, []], [5_000, [lock()]])).toMatchObject([{ heldMs: 100 }]);
  expect(record([0, [lock()]], [100, []], [5_000, [lock()]])).toMatchObject([{ heldMs: 200 }]);
});

test("waiting for a lock is told apart from holding it; of who waits behind it, the most at once count", () => {
  const waiting = lock({ isHeld: false, isWaitedFor: true, sessionsBehind: 3 });
  expect(
    record([0, [waiting]], [100, [waiting]], [200, [lock({ sessionsBehind: 12 })]], [300, [lock()]]),
  ).toEqual([
    { relation: "public.orders", mode: "ACCESS EXCLUSIVE", heldMs: 200, waitedMs: 200, sessionsBehind: 12 },
  ]);
});

test("the strongest come first, of these the longest, and no more than a hundred", () => {
  const modes: LockMode[] = ["SHARE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"];
  const all = modes.map((mode) => lock({ mode, relation: mode }));
  const locks = record([0, [...all, lock({ relation: "long" })]], [100, [lock({ relation: "long" })]]);
  expect(locks.map(({ relation }) => relation)).toEqual(["long", ...[3, 1, 2, 0].map((at) => modes[at])]);
  const many = Array.from({ length: 1_200 }, (_, at) => lock({ relation: `t${at}`, mode: "SHARE" }));
  const most = record([0, many], [100, [lock()]]);
  expect(most).toHaveLength(100);
  expect(most[0]).toMatchObject({ mode: "ACCESS EXCLUSIVE" });
});

test("a clock that goes back, as nobody's should, takes nothing away", () => {
  expect(record([1_000, [lock()]], [0, [lock()]])).toMatchObject([{ heldMs: 100 }]);
});
