import { expect, test } from "vitest";
import { feltText, lockLines, longLocks, unrecordedText } from "./lock-words.ts";
import { migrationReasons } from "./migration.ts";
import type { MigrationLock } from "./migration-locks.ts";

const lock = (change: Partial<MigrationLock> = {}): MigrationLock => ({
  ...{ relation: "public.orders", mode: "ACCESS EXCLUSIVE", heldMs: 3_140, waitedMs: 0, sessionsBehind: 0 },
  ...change,
});
const share = lock({ mode: "SHARE", relation: "public.lines", heldMs: 200 });

test.each([
  [[], null],
  [[lock()], "held ACCESS EXCLUSIVE on public.orders for 3.1 s"],
  [
    [lock({ sessionsBehind: 12 })],
    "held ACCESS EXCLUSIVE on public.orders for 3.1 s while 12 sessions waited",
  ],
  [
    [lock(), { ...share, sessionsBehind: 1 }],
    "held SHARE on public.lines for 200 ms while 1 session waited, and 1 lock more",
  ],
  [
    [lock({ heldMs: 0, waitedMs: 900 }), share, share],
    "waited for ACCESS EXCLUSIVE on public.orders for 900 ms, and 2 locks more",
  ],
])("the lock that was felt most is told in a few words (%#)", (locks, text) => {
  expect(feltText(locks)).toBe(text);
});

test("all of them stand in the log, a line each", () => {
  expect(lockLines([lock({ waitedMs: 600, sessionsBehind: 2 }), share])).toBe(`Locks that it was seen to hold:
  ACCESS EXCLUSIVE on public.orders: held for 3.1 s, waited for it for 600 ms, 2 sessions waited behind it at once
  SHARE on public.lines: held for 200 ms`);
  expect(lockLines([])).toBe("It was seen to hold no lock that others feel.");
});

test("why they are not known is one sentence", () => {
  expect(unrecordedText({ kind: "unset" }, "DATABASE_URL")).toBe(
    "The locks it takes are not recorded: no variable `DATABASE_URL` is set.",
  );
  expect(unrecordedText({ kind: "refused", code: "28P01" }, "SHOP_DB", true)).toBe(
    "The locks it takes are recorded in part only: the database of `SHOP_DB` could not be asked (28P01).",
  );
});

test("before the next environment, what was long or kept somebody waiting is told, and nothing else", () => {
  const facts = { done: null, isIrreversible: false, irreversibleSince: [] };
  const reasons = (locks: MigrationLock[], done: string | null = null) => {
    const elsewhere = { environmentName: "Staging", locks };
    return migrationReasons({ ...facts, done, elsewhere }, { kind: "promote", releaseNumber: 42 });
  };
  const text = "In Staging its migration held ACCESS EXCLUSIVE on public.orders for 3.1 s.";
  expect(reasons([lock(), share])).toEqual([{ weight: "warns", text }]);
  expect(reasons([share])).toEqual([]);
  expect(reasons([lock()], "#42 has migrated Production already")).toEqual([]);
  expect(
    longLocks([lock({ heldMs: 499 }), lock({ heldMs: 500 }), lock({ heldMs: 9, sessionsBehind: 1 })]),
  ).toEqual([lock({ heldMs: 500 }), lock({ heldMs: 9, sessionsBehind: 1 })]);
});
