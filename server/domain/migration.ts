import type { DeploymentKind } from "./deployment.ts";
import { feltText, longLocks } from "./lock-words.ts";
import type { MigrationLock } from "./migration-locks.ts";
import { utcText } from "./moment-text.ts";
import type { Reason } from "./reasons.ts";

export const migrationRunStatuses = ["running", "succeeded", "failed", "interrupted"] as const;

/** `#42 has migrated Production already, on 25 Nov 2026, 18:00 UTC`: why a step does not run. */
export function migratedText(releaseNumber: number, environmentName: string, endedAt: string): string {
  return `#${releaseNumber} has migrated ${environmentName} already, on ${utcText(endedAt)}`;
}

export interface MigrationFacts {
  /** In words, that the release has migrated here already; null where it has not. */
  done: string | null;
  /** Whether it would run a migration that is not declared reversible. */
  isIrreversible: boolean;
  /** Releases after the target that have migrated here irreversibly: the target would run on their schema. */
  irreversibleSince: readonly number[];
  /** What it was seen to lock where it ran last, in another environment; null where nobody looked. */
  elsewhere: { environmentName: string; locks: readonly MigrationLock[] } | null;
}

/** What a migration that cannot be taken back means, and one that keeps others waiting, before the click. */
export function migrationReasons(
  { done, isIrreversible, irreversibleSince, elsewhere }: MigrationFacts,
  { kind, releaseNumber }: { kind: DeploymentKind; releaseNumber: number | null },
): Reason[] {
  if (kind === "switch-back") {
    const text = newSchemaText(releaseNumber, irreversibleSince);
    return text === null ? [] : [{ weight: "warns", text }];
  }
  const migrates = kind === "deploy" || kind === "promote" || kind === "roll-forward";
  if (!migrates || done !== null) return [];
  const texts = [...(isIrreversible ? [irreversibleText] : []), ...locksElsewhere(elsewhere)];
  return texts.map((text) => ({ weight: "warns", text }));
}

const irreversibleText =
  "Its migration is not declared reversible: after a switch-back, the old release would run on the new schema.";

/** `In Staging its migration held ACCESS EXCLUSIVE on public.orders for 3.1 s while 12 sessions waited.` */
function locksElsewhere(elsewhere: MigrationFacts["elsewhere"]): string[] {
  const felt = elsewhere === null ? null : feltText(longLocks(elsewhere.locks));
  return felt === null ? [] : [`In ${elsewhere?.environmentName} its migration ${felt}.`];
}

/** Null where a switch-back to the release meets the schema that it left. */
export function newSchemaText(releaseNumber: number | null, since: readonly number[]): string | null {
  if (since.length === 0 || releaseNumber === null) return null;
  const [only] = since;
  const names = since.map((number) => `#${number}`).join(", ");
  return since.length === 1
    ? `The migration of #${only} is not declared reversible: #${releaseNumber} would run on the new schema.`
    : `The migrations of ${names} are not declared reversible: #${releaseNumber} would run on the new schema.`;
}
