import { asc, eq, inArray, sql } from "drizzle-orm";
import { users } from "#db/schema/identity.ts";
import { writeUpActions, writeUps } from "#db/schema/incidents.ts";
import { writeUpSchema } from "#server/domain/incident-text.ts";
import type { WriteUp } from "#server/domain/write-up.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { demandOf } from "./demand-of.ts";

/** Keeps the review as it is written now, with its actions. ValidationError names the field. */
export async function saveWriteUp(
  ctx: Context,
  { incidentId, ...input }: { incidentId: number } & Record<string, unknown>,
): Promise<void> {
  const person = demandPerson(ctx, "deploy");
  await demandOf(ctx, "deploy", incidentId);
  const parsed = writeUpSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ValidationError(issue?.message ?? "This is not valid.", issue?.path.join(".") ?? null);
  }
  const { actions, ...texts } = parsed.data;
  await inTransaction(ctx, async (tx) => {
    const names = await namesOf(tx, [...new Set(actions.flatMap(({ ownerId }) => ownerId ?? []))]);
    const written = { ...texts, writtenByName: person.name, writtenAt: tx.now() };
    await tx.db
      .insert(writeUps)
      .values({ incidentId, ...written })
      .onConflictDoUpdate({ target: writeUps.incidentId, set: written });
    await tx.db.delete(writeUpActions).where(eq(writeUpActions.incidentId, incidentId));
    if (actions.length > 0) {
      await tx.db.insert(writeUpActions).values(
        actions.map(({ isDone, ownerId, ...action }) => ({
          ...action,
          ...{ incidentId, ownerId, doneAt: isDone ? tx.now() : null },
          ownerName: ownerId === null ? null : (names.get(ownerId) ?? null),
        })),
      );
    }
    await record(tx, {
      action: "incidents/save-write-up",
      subject: `incident:${incidentId}`,
      after: { actions: actions.length },
    });
    await notify(tx, "incident", incidentId);
  });
}

async function namesOf(tx: Context, ids: number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.db
    .select({ id: users.id, name: users.name })
    .from(users)
    .where(inArray(users.id, ids));
  if (rows.length < ids.length) throw new ValidationError("There is no such member.", "actions.ownerId");
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Null where none was written yet. */
export async function readWriteUp(ctx: Context, incidentId: number): Promise<WriteUp | null> {
  const [row] = await ctx.db.select().from(writeUps).where(eq(writeUps.incidentId, incidentId));
  if (row === undefined) return null;
  const actions = await ctx.db
    .select({
      text: writeUpActions.text,
      ownerId: writeUpActions.ownerId,
      ownerName: writeUpActions.ownerName,
      dueOn: writeUpActions.dueOn,
      isDone: sql<boolean>`${writeUpActions.doneAt} is not null`,
    })
    .from(writeUpActions)
    .where(eq(writeUpActions.incidentId, incidentId))
    .orderBy(asc(writeUpActions.id));
  const { whatHappened, whatHelped, whatWeChange, writtenByName, writtenAt } = row;
  return {
    ...{ whatHappened, whatHelped, whatWeChange, writtenByName, writtenAt: writtenAt.toISOString() },
    actions,
  };
}
