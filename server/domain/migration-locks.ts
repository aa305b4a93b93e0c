/**
 * The locks that others can feel, the strongest first: each keeps off all that the next one does, and more. What a
 * plain INSERT takes and all below it is of no interest.
 */
export const lockModes = ["ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE ROW EXCLUSIVE", "SHARE"] as const;
export type LockMode = (typeof lockModes)[number];

/** A lock that a migration took or wanted on a table or an index, as far as looking again and again has shown. */
export interface MigrationLock {
  /** With its schema, as it is written in SQL. */
  relation: string;
  mode: LockMode;
  heldMs: number;
  /** For how long the migration itself waited to get it. */
  waitedMs: number;
  /** The most sessions that waited behind it at once. */
  sessionsBehind: number;
}

/** One look into the database. */
export interface LockSample {
  /** Of a clock that only goes forward. */
  atMs: number;
  locks: readonly SampledLock[];
}

export interface SampledLock {
  relation: string;
  mode: LockMode;
  isHeld: boolean;
  isWaitedFor: boolean;
  sessionsBehind: number;
}

/** What all looks so far have shown. */
export interface LockRecord {
  atMs: number | null;
  locks: ReadonlyMap<string, RecordedLock>;
}

type RecordedLock = MigrationLock & { last: { atMs: number; isHeld: boolean; isWaitedFor: boolean } };

export const sampleEveryMs = 100;
export const mostLocksStored = 100;
/** A migration of very many tables pushes out the weakest of them while it runs. */
const mostLocksFollowed = 1_000;

export const noLocks: LockRecord = { atMs: null, locks: new Map() };

/** A lock counts until now since it was seen last; one that is new, for the time between two looks at the most. */
export function addSample(record: LockRecord, { atMs, locks }: LockSample): LockRecord {
  const sinceMs = record.atMs === null ? sampleEveryMs : Math.max(0, atMs - record.atMs);
  const newMs = Math.min(sinceMs, sampleEveryMs);
  const next = new Map(record.locks);
  for (const lock of locks) {
    const { relation, mode, isHeld, isWaitedFor } = lock;
    const key = `${mode} ${relation}`;
    const known = next.get(key);
    const last = known?.last.atMs === record.atMs ? known?.last : undefined;
    const passed = (isNow: boolean, was: boolean | undefined) => (isNow ? (was ? sinceMs : newMs) : 0);
    next.set(key, {
      ...{ relation, mode },
      heldMs: (known?.heldMs ?? 0) + passed(isHeld, last?.isHeld),
      waitedMs: (known?.waitedMs ?? 0) + passed(isWaitedFor, last?.isWaitedFor),
      sessionsBehind: Math.max(known?.sessionsBehind ?? 0, lock.sessionsBehind),
      last: { atMs, isHeld, isWaitedFor },
    });
  }
  return { atMs, locks: next.size > mostLocksFollowed ? strongestOf(next) : next };
}

function strongestOf(locks: LockRecord["locks"]): LockRecord["locks"] {
  const kept = [...locks].sort(([, one], [, other]) => byStrength(one, other));
  return new Map(kept.slice(0, mostLocksFollowed));
}

/** What is kept of it: the strongest first, of these the longest. */
export function recordedLocks({ locks }: LockRecord): MigrationLock[] {
  return [...locks.values()]
    .sort(byStrength)
    .slice(0, mostLocksStored)
    .map(({ relation, mode, heldMs, waitedMs, sessionsBehind }) => ({
      ...{ relation, mode, sessionsBehind },
      heldMs: Math.round(heldMs),
      waitedMs: Math.round(waitedMs),
    }));
}

function byStrength(one: MigrationLock, other: MigrationLock): number {
  return (
    lockModes.indexOf(one.mode) - lockModes.indexOf(other.mode) ||
    other.heldMs - one.heldMs ||
    other.waitedMs - one.waitedMs ||
    (one.relation < other.relation ? -1 : 1)
  );
}
