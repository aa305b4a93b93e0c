import { eq, sql } from "drizzle-orm";
import { incidents, incidentThanks } from "#db/schema/incidents.ts";
import { thanksTextSchema } from "#server/domain/incident-text.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { demandOf } from "./demand-of.ts";

/** Thanks for a recovery, by anybody who reads of it; said again, it says the newer words. */
export async function thank(ctx: Context, input: { incidentId: number; text?: string | undefined }) {
  const person = demandPerson(ctx, "read");
  const { incidentId } = input;
  await demandOf(ctx, "read", incidentId);
  const text = parseField("text", thanksTextSchema, input.text ?? "");
  await inTransaction(ctx, async (tx) => {
    const [incident] = await tx.db
      .select({ state: incidents.state })
      .from(incidents)
      .where(eq(incidents.id, incidentId))
      .for("share");
    if (incident?.state !== "recovered")
      throw new ConflictError("It goes on: there will be time for thanks.");
    await tx.db
      .insert(incidentThanks)
      .values({ incidentId, fromId: person.id, fromName: person.name, text, saidAt: tx.now() })
      .onConflictDoUpdate({
        target: [incidentThanks.incidentId, incidentThanks.fromId],
        set: { text: sql`excluded.text` },
      });
    await record(tx, { action: "incidents/thank", subject: `incident:${incidentId}`, after: { text } });
    await notify(tx, "incident", incidentId);
  });
}
