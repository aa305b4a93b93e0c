import { broadcastEventOf, type DeliveryState, type DeliveryView } from "#server/domain/broadcast.ts";
import type { FeedRow } from "#server/domain/feed-row.ts";
import { titleOfTelling } from "#server/domain/message.ts";
import type { Context } from "#server/kernel/context.ts";
import { type DeliveryRow, listDeliveries } from "#server/services/broadcast/list-deliveries.ts";
import { readRowsOf } from "#server/services/feed/read-rows-of.ts";

export interface DeliveriesPage {
  items: DeliveryView[];
  nextBefore: number | null;
}

/** What a channel was told, is being told or was not, newest first. */
export async function listDeliveriesInWords(
  ctx: Context,
  asked: { channelId: number; state: DeliveryState | null; before: number | null; limit: number },
): Promise<DeliveriesPage> {
  const { rows, nextBefore } = await listDeliveries(ctx, asked);
  const lines = await readRowsOf(
    ctx,
    rows.map(({ itemId }) => itemId),
  );
  return {
    items: rows.flatMap((row) => {
      const line = lines.get(row.itemId);
      return line === undefined ? [] : viewOf(row, line);
    }),
    nextBefore,
  };
}

function viewOf({ itemId: _, word, ...row }: DeliveryRow, line: FeedRow): DeliveryView {
  return {
    id: row.id,
    state: row.state,
    event: broadcastEventOf(line.kind, word) ?? "note",
    title: titleOfTelling(line, word),
    page:
      line.service === null || line.deployment === null
        ? null
        : { serviceSlug: line.service.slug, deploymentId: line.deployment.id },
    happenedAt: row.happenedAt.toISOString(),
    attempts: row.attempts,
    endedAt: row.endedAt?.toISOString() ?? null,
    reason: row.reason,
  };
}
