import { type SQL, sql } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import type { Context } from "./context.ts";

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
    actorKind: ctx.actor.kind,
    actorId: ctx.actor.kind === "user" ? ctx.actor.id : null,
    actorName: ctx.actor.name,
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
  const actorId = ctx.actor.kind === "user" ? ctx.actor.id : null;
  const json = (value: Record<string, unknown> | undefined) =>
    value === undefined ? null : JSON.stringify(value);
  return sql`
    insert into audit_entries (actor_kind, actor_id, actor_name, action, subject, before, after)
    select ${ctx.actor.kind}, ${actorId}::bigint, ${ctx.actor.name}, ${change.action}, ${change.subject},
      ${json(change.before)}::jsonb, ${json(change.after)}::jsonb
    from ${source}`;
}
