import { incidentEvents } from "#db/schema/incidents.ts";
import type { IncidentEventKind } from "#server/domain/incident.ts";
import type { Context } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

export interface IncidentEvent {
  incidentId: number;
  kind: IncidentEventKind;
  happenedAt?: Date;
  text?: string;
  cause?: string;
}

/** Writes it into the timeline and tells of it; false where the same evidence stands there already. */
export async function writeEvent(tx: Context, event: IncidentEvent): Promise<boolean> {
  const { actor } = tx;
  const isPerson = actor.kind === "user";
  const rows = await tx.db
    .insert(incidentEvents)
    .values({
      ...event,
      happenedAt: event.happenedAt ?? tx.now(),
      byId: isPerson ? actor.id : null,
      byName: isPerson || actor.kind === "token" ? actor.name : null,
    })
    .onConflictDoNothing()
    .returning({ id: incidentEvents.id });
  if (rows.length > 0) await notify(tx, "incident", event.incidentId);
  return rows.length > 0;
}
