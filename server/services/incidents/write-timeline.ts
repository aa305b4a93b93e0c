import { and, eq, inArray } from "drizzle-orm";
import { incidents } from "#db/schema/incidents.ts";
import { isOngoing, ongoingStates } from "#server/domain/incident.ts";
import { noteTextSchema, updateTextSchema } from "#server/domain/incident-text.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { publishIncident } from "#server/services/feed/publish.ts";
import { demandOf } from "./demand-of.ts";
import { writeEvent } from "./write-event.ts";

/** “I’m looking”: said once by each person. ConflictError where it is over, or was said. */
export async function lookAt(ctx: Context, incidentId: number): Promise<void> {
  const person = demandPerson(ctx, "deploy");
  await demandOf(ctx, "deploy", incidentId);
  await inTransaction(ctx, async (tx) => {
    const [ongoing] = await tx.db
      .select({ id: incidents.id })
      .from(incidents)
      .where(and(eq(incidents.id, incidentId), inArray(incidents.state, [...ongoingStates])))
      .for("share");
    if (ongoing === undefined) throw new ConflictError("It is over already.");
    const isFirst = await writeEvent(tx, { incidentId, kind: "looking", cause: `looking ${person.id}` });
    if (!isFirst) throw new ConflictError("You have said so already.");
    await record(tx, { action: "incidents/look-at", subject: `incident:${incidentId}` });
  });
}

/** A free note of the timeline, for the team alone. */
export async function writeNote(ctx: Context, input: { incidentId: number; text: string }): Promise<void> {
  demandPerson(ctx, "deploy");
  await demandOf(ctx, "deploy", input.incidentId);
  const text = parseField("text", noteTextSchema, input.text);
  await inTransaction(ctx, async (tx) => {
    await writeEvent(tx, { incidentId: input.incidentId, kind: "note", text });
    const subject = `incident:${input.incidentId}`;
    await record(tx, { action: "incidents/write-note", subject, after: { text } });
  });
}

/**
 * What everybody may read of it from now on, in the words of the person who publishes it. Where the service is not public, or
 * its environment is not shown, nobody without a session reads it all the same.
 */
export async function publishUpdate(
  ctx: Context,
  input: { incidentId: number; text: string },
): Promise<void> {
  demandPerson(ctx, "deploy");
  const { incidentId } = input;
  await demandOf(ctx, "deploy", incidentId);
  const text = parseField("text", updateTextSchema, input.text);
  await inTransaction(ctx, async (tx) => {
    const [row] = await tx.db
      .update(incidents)
      .set({ publishedAt: tx.now() })
      .where(eq(incidents.id, incidentId))
      .returning({ state: incidents.state });
    await writeEvent(tx, { incidentId, kind: "update", text });
    await record(tx, {
      action: "incidents/publish-update",
      subject: `incident:${incidentId}`,
      after: { text },
    });
    const state = row !== undefined && isOngoing(row.state) ? "ongoing" : "over";
    await publishIncident(tx, incidentId, { kind: "incident", state });
  });
}
