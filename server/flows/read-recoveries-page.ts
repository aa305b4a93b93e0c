import { type Badge, badgesOf, spottedBy } from "#server/domain/badges.ts";
import type { RecoveryCard } from "#server/domain/incident-views.ts";
import { bestsOf, type RecoveryBests } from "#server/domain/recovery-bests.ts";
import type { Context } from "#server/kernel/context.ts";
import { listRecoveries, type OwnBest, readOwnBests } from "#server/services/incidents/list-recoveries.ts";

export interface RecoveriesPage {
  cards: (Pick<RecoveryCard, "incident" | "thanks"> & { badges: Badge[]; spottedBy: string | null })[];
  /** Of the last thirty days. */
  bests: RecoveryBests;
  /** Each team beside its own past. */
  teams: OwnBest[];
}

const shownCards = 60;
const days = 30;

/** What can we be proud of? */
export async function readRecoveriesPage(ctx: Context): Promise<RecoveriesPage> {
  const [cards, teams] = await Promise.all([listRecoveries(ctx, shownCards), readOwnBests(ctx, days)]);
  return {
    cards: cards.map((card) => ({
      ...{ incident: card.incident, thanks: card.thanks },
      ...{ badges: badgesOf(card), spottedBy: spottedBy(card) },
    })),
    bests: bestsOf(cards, new Date(ctx.now().getTime() - days * 86_400_000)),
    teams,
  };
}
