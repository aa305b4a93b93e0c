import { timesOf } from "./incident.ts";
import type { RecoveryCard } from "./incident-views.ts";
import { fixersOf } from "./recovery-card.ts";

/** What helped, and who is thanked for it. Nothing counts incidents, and nobody has a number. */

export const badgeKinds = [
  "first-to-notice",
  "under-five-minutes",
  "rolled-forward",
  "smallest-fix",
  "wrote-it-up",
  "never-again",
] as const;
export type BadgeKind = (typeof badgeKinds)[number];

export const badgeWords: Record<BadgeKind, { name: string; hint: string }> = {
  "first-to-notice": { name: "First to notice", hint: "Said so before any machine did." },
  "under-five-minutes": { name: "Under 5 min", hint: "From the first user who felt it to all as before." },
  "rolled-forward": { name: "Rolled forward", hint: "Shipped the fix instead of going back." },
  "smallest-fix": { name: "Small fix", hint: "At most ten lines changed." },
  "wrote-it-up": { name: "Wrote it up", hint: "So that everybody learns from it." },
  "never-again": { name: "Made the next one impossible", hint: "Every action of its write-up is done." },
};

export interface Badge {
  kind: BadgeKind;
  /** Whoever earned it; empty where it is everybody’s. */
  names: string[];
}

const quickMs = 5 * 60_000;
const fewLines = 10;

/** None where no request was affected: what nobody felt needs no rescue. */
export function badgesOf(card: RecoveryCard): Badge[] {
  const { incident, wroteUp, actions } = card;
  if (incident.affected === 0 || incident.recoveredAt === null) return [];
  const { recoverMs } = timesOf(incident);
  const fixers = fixersOf(incident.fix);
  const spotter = spottedBy(card);
  const hasRolledForward = incident.mitigation === "roll-forward";
  const earned: [BadgeKind, boolean, string[]][] = [
    ["first-to-notice", spotter !== null && incident.source === "person", spotter === null ? [] : [spotter]],
    ["under-five-minutes", recoverMs !== null && recoverMs < quickMs, fixers],
    ["rolled-forward", hasRolledForward, fixers],
    ["smallest-fix", hasRolledForward && incident.fixLines !== null && incident.fixLines <= fewLines, fixers],
    ["wrote-it-up", wroteUp, []],
    ["never-again", actions.all > 0 && actions.done === actions.all, []],
  ];
  return earned.flatMap(([kind, isEarned, names]) => (isEarned ? [{ kind, names }] : []));
}

/** The first person who said that users are affected, or looked; null where no person did. */
export function spottedBy({ events }: Pick<RecoveryCard, "events">): string | null {
  const noticing = ["opened", "seen-again", "confirmed", "looking"];
  return events.find(({ kind, byName }) => byName !== null && noticing.includes(kind))?.byName ?? null;
}
