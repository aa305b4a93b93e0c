import { timesOf } from "./incident.ts";
import type { RecoveryCard } from "./incident-views.ts";

/** The incidents that stand out of a span, by their numbers; null where there is none. */
export interface RecoveryBests {
  fastestId: number | null;
  noticedFirstId: number | null;
  smallestFixId: number | null;
}

/** Of those that anybody felt: the fastest, the one that a person noticed soonest, and the one with the smallest fix. */
export function bestsOf(cards: readonly RecoveryCard[], since: Date): RecoveryBests {
  const felt = cards.filter(
    ({ incident: { affected, recoveredAt } }) =>
      affected > 0 && recoveredAt !== null && Date.parse(recoveredAt) >= since.getTime(),
  );
  const leastBy = (measure: (card: RecoveryCard) => number | null) => {
    const measured = felt.flatMap((card) => {
      const value = measure(card);
      return value === null ? [] : [{ id: card.incident.id, value }];
    });
    return measured.sort((one, other) => one.value - other.value)[0]?.id ?? null;
  };
  return {
    fastestId: leastBy(({ incident }) => timesOf(incident).recoverMs),
    noticedFirstId: leastBy(({ incident }) =>
      incident.source === "person" ? timesOf(incident).detectMs : null,
    ),
    smallestFixId: leastBy(({ incident }) =>
      incident.mitigation === "roll-forward" ? incident.fixLines : null,
    ),
  };
}
