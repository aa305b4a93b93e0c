import type { CommitChanges, LineOrigin } from "#server/domain/commit-changes.ts";
import { processWide } from "#server/kernel/process-wide.ts";
import { hasCommit } from "#server/services/pipeline/checkout.ts";
import type { Mirror } from "#server/services/pipeline/ensure-mirror.ts";
import { listChanges } from "#server/services/pipeline/list-changes.ts";
import type { Scope } from "./commits-between.ts";

/** Commits that are looked at, the newest of them. */
export const mostChanges = 500;
/** Pairs of releases whose changes are kept: what is between two commits never changes. */
const mostKept = 8;

export interface ChangesBetween {
  changes: CommitChanges[];
  /** Whether there are older ones. */
  isCut: boolean;
  /** Which of them wrote a line last, by `path:line`; null for none of them. What was looked up once stays. */
  origins: Map<string, LineOrigin | null>;
}

const kept = () => processWide("flows/changes-between", () => new Map<string, Promise<ChangesBetween>>());

/** What each commit of a release changes that the one before it does not have, newest first, without merges. */
export function changesBetween(
  mirror: Mirror,
  range: { base: string; head: string },
  scope: Scope,
): Promise<ChangesBetween> {
  const known = kept();
  const key = JSON.stringify([mirror.folder, range, scope]);
  const found = known.get(key) ?? read(mirror, range, scope);
  // The one that was asked for last is forgotten last.
  known.delete(key);
  known.set(key, found);
  found.catch(() => known.delete(key));
  for (const oldest of known.keys()) {
    if (known.size <= mostKept) break;
    known.delete(oldest);
  }
  return found;
}

async function read(
  mirror: Mirror,
  { base, head }: { base: string; head: string },
  scope: Scope,
): Promise<ChangesBetween> {
  if (!(await hasCommit(mirror, base))) return { changes: [], isCut: false, origins: new Map() };
  const changes = await listChanges(mirror, { base, head, ...scope, limit: mostChanges });
  return { changes, isCut: changes.length === mostChanges, origins: new Map() };
}
