import { type SQL, sql } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import type { Actor, Context } from "./context.ts";

export interface Change {
  /** Room and verb: `services/register`. */
  action: string;
  /** What was changed: `service:hello`. */
  subject: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** Writes who changed what. Call it in the transaction of the change; never pass secrets. */
export async function record(ctx: Context, change: Change): Promise<void> {
  await ctx.db.insert(auditEntries).values({
    ...actorColumns(ctx.actor),
    action: change.action,
    subject: change.subject,
    before: change.before,
    after: change.after,
  });
}

/**
 * The same as part of the statement that changes the row, for verbs that cannot afford a second round trip: one entry
 * for each row of `source`, a name of that statement's `with`.
 */
export function recording(ctx: Pick<Context, "actor">, change: Change, source: SQL): SQL {
  const { actorKind, actorId, actorName, actorAddress } = actorColumns(ctx.actor);
  const json = (value: Record<string, unknown> | undefined) =>
    value === undefined ? null : JSON.stringify(value);
  return sql`
    insert into audit_entries (actor_kind, actor_id, actor_name, actor_address, action, subject, before, after)
    select ${actorKind}, ${actorId}::bigint, ${actorName}, ${actorAddress}, ${change.action}, ${change.subject},
      ${json(change.before)}::jsonb, ${json(change.after)}::jsonb
    from ${source}`;
}

function actorColumns(actor: Actor) {
  const isSystem = actor.kind === "system";
  return {
    actorKind: actor.kind,
    actorId: isSystem ? null : actor.id,
    actorName: actor.name,
    actorAddress: isSystem ? null : (actor.address ?? null),
  };
}
