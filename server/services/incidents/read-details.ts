import { asc, inArray } from "drizzle-orm";
import { incidentAttempts, incidentEvents, incidentThanks } from "#db/schema/incidents.ts";
import type { IncidentEventView, ThanksView } from "#server/domain/incident-views.ts";
import type { Context } from "#server/kernel/context.ts";

const mostEvents = 1_000;

/** What was written into the timelines of these, by incident, the oldest first. */
export async function readEvents(
  ctx: Context,
  incidentIds: number[],
): Promise<Map<number, IncidentEventView[]>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await ctx.db
    .select()
    .from(incidentEvents)
    .where(inArray(incidentEvents.incidentId, incidentIds))
    .orderBy(asc(incidentEvents.happenedAt), asc(incidentEvents.id))
    .limit(mostEvents);
  const byIncident = Map.groupBy(rows, ({ incidentId }) => incidentId);
  return new Map(
    [...byIncident].map(([incidentId, events]) => [
      incidentId,
      events.map(({ kind, happenedAt, byName, text }) => ({
        ...{ kind, byName, text, happenedAt: happenedAt.toISOString() },
      })),
    ]),
  );
}

export async function readThanks(ctx: Context, incidentIds: number[]): Promise<Map<number, ThanksView[]>> {
  if (incidentIds.length === 0) return new Map();
  const rows = await ctx.db
    .select()
    .from(incidentThanks)
    .where(inArray(incidentThanks.incidentId, incidentIds))
    .orderBy(asc(incidentThanks.saidAt));
  const byIncident = Map.groupBy(rows, ({ incidentId }) => incidentId);
  return new Map(
    [...byIncident].map(([incidentId, thanks]) => [
      incidentId,
      thanks.map(({ fromName, text }) => ({ fromName, text })),
    ]),
  );
}

export async function listAttempts(ctx: Context, incidentId: number): Promise<number[]> {
  const rows = await ctx.db
    .select({ id: incidentAttempts.deploymentId })
    .from(incidentAttempts)
    .where(inArray(incidentAttempts.incidentId, [incidentId]));
  return rows.map(({ id }) => id);
}
