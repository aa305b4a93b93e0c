import { and, eq, inArray, isNotNull, sql } from "drizzle-orm";
import { incidentEvents, incidents } from "#db/schema/incidents.ts";
import { ongoingStates } from "#server/domain/incident.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { publishIncident } from "#server/services/feed/publish.ts";
import type { IncidentEvidence } from "./evidence.ts";
import { writeEvent } from "./write-event.ts";

/**
 * This room owns incidents: what users felt, for how long, what ended it and what was learned. One at a time for each
 * service environment: whatever else says the same meanwhile joins it. The change behind it may be known; nobody is named
 * beside it.
 */

/** So much earlier than the change that it is tied to it may have begun: clocks and buckets are not that exact. */
const toleranceMs = 30_000;

/**
 * Opens one, or joins the one that goes on there: it is raised where the evidence is surer, and tied to a change where the
 * evidence points to one that it did not begin before.
 */
export function openIncident(
  ctx: Context,
  evidence: IncidentEvidence,
): Promise<{ id: number; isNew: boolean }> {
  return inTransaction(ctx, async (tx) => {
    const { cause, isSure, title, ...columns } = evidence;
    const [opened] = await tx.db
      .insert(incidents)
      .values({ ...columns, title, state: isSure ? "open" : "suspected" })
      .onConflictDoNothing()
      .returning({ id: incidents.id });
    if (opened === undefined) return { id: await join(tx, evidence), isNew: false };
    const { id } = opened;
    await writeEvent(tx, {
      ...{ incidentId: id, kind: "opened", text: title, cause },
      happenedAt: evidence.detectedAt,
    });
    // From now on its requests are counted by the second.
    await notify(tx, "route", evidence.serviceEnvironmentId);
    await record(tx, { action: "incidents/open", subject: `incident:${id}`, after: audited(evidence) });
    if (isSure) await publishIncident(tx, id, { kind: "recovery", state: "opened" });
    return { id, isNew: true };
  });
}

async function join(tx: Context, evidence: IncidentEvidence): Promise<number> {
  const [ongoing] = await tx.db
    .select({
      id: incidents.id,
      state: incidents.state,
      deploymentId: incidents.deploymentId,
      beganAt: incidents.beganAt,
    })
    .from(incidents)
    .where(
      and(
        eq(incidents.serviceEnvironmentId, evidence.serviceEnvironmentId),
        inArray(incidents.state, [...ongoingStates]),
      ),
    )
    .for("update");
  if (ongoing === undefined) throw new ConflictError("The one before has just ended. Report it again.");
  const { id: incidentId } = ongoing;
  const isRaised = ongoing.state === "suspected" && evidence.isSure;
  const isTied =
    ongoing.deploymentId === null &&
    evidence.deploymentId !== null &&
    ongoing.beganAt.getTime() >= evidence.beganAt.getTime() - toleranceMs;
  const isNews = await writeEvent(tx, {
    ...{ incidentId, kind: isRaised ? "confirmed" : "seen-again", text: evidence.title },
    cause: isRaised ? `sure ${evidence.cause}` : evidence.cause,
  });
  if (isTied) await tie(tx, incidentId, evidence);
  if (isRaised) {
    await tx.db.update(incidents).set({ state: "open" }).where(eq(incidents.id, incidentId));
    await publishIncident(tx, incidentId, { kind: "recovery", state: "opened" });
  }
  if (isNews || isTied) {
    const subject = `incident:${incidentId}`;
    await record(tx, { action: "incidents/see-again", subject, after: audited(evidence) });
  }
  return incidentId;
}

async function tie(tx: Context, id: number, { deploymentId, slowerThanMs }: IncidentEvidence): Promise<void> {
  await tx.db
    .update(incidents)
    .set({ deploymentId, slowerThanMs: sql`coalesce(${incidents.slowerThanMs}, ${slowerThanMs}::real)` })
    .where(eq(incidents.id, id));
}

/** Those of these causes that an incident knows, be it over or not. */
export async function findKnownCauses(ctx: Context, causes: string[]): Promise<Set<string>> {
  if (causes.length === 0) return new Set();
  const known = causes.flatMap((cause) => [cause, `sure ${cause}`]);
  const rows = await ctx.db
    .selectDistinct({ cause: incidentEvents.cause })
    .from(incidentEvents)
    .where(and(isNotNull(incidentEvents.cause), inArray(incidentEvents.cause, known)));
  return new Set(rows.flatMap(({ cause }) => cause ?? []));
}

function audited({ source, cause, title, isSure, deploymentId }: IncidentEvidence) {
  return { source, cause, title, isSure, deploymentId };
}

/** Writes into the timeline of the incident that goes on there that what a machine reported is over; null where none does. */
export async function noteResolved(
  ctx: Context,
  { serviceEnvironmentId, cause, title }: Pick<IncidentEvidence, "serviceEnvironmentId" | "cause" | "title">,
): Promise<number | null> {
  return inTransaction(ctx, async (tx) => {
    const [ongoing] = await tx.db
      .select({ id: incidents.id })
      .from(incidents)
      .where(
        and(
          eq(incidents.serviceEnvironmentId, serviceEnvironmentId),
          inArray(incidents.state, [...ongoingStates]),
        ),
      )
      .for("share");
    if (ongoing === undefined) return null;
    const text = `Over, says who reported it: ${title}`;
    const isNews = await writeEvent(tx, {
      ...{ incidentId: ongoing.id, kind: "note", text, cause: `over ${cause}` },
    });
    if (isNews) {
      await record(tx, {
        action: "incidents/write-note",
        subject: `incident:${ongoing.id}`,
        after: { text },
      });
    }
    return ongoing.id;
  });
}
