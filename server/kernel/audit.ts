import { type SQL, sql } from "drizzle-orm";
import { auditEntries } from "#db/schema/audit.ts";
import type { Actor, Context } from "./context.ts";

/**
 * Recorded is what somebody or the system decides: each verb that does leaves one entry. What machines do to carry it
 * out (leases, steps, instances, heartbeats, counts) stands in its own tables.
 */
export interface Change {
  /** Room and verb: `services/register`. */
  action: string;
  /** What was changed: `service:hello`. */
  subject: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** Writes who changed what, from where. Call it in the transaction of the change; never pass secrets. */
export async function record(ctx: Context, change: Change): Promise<void> {
  await ctx.db.execute(recording(ctx, change, sql`(values (true)) as once`));
}

/**
 * The same as part of the statement that changes the row, for verbs that cannot afford a second round trip: one entry
 * for each row of `source`, a name of that statement's `with`. It names no more columns than the processes' role may
 * write: time, place and hash are the database's to give.
 */
export function recording(ctx: Pick<Context, "actor">, change: Change, source: SQL): SQL {
  const { actorKind, actorId, actorName, actorAddress } = actorColumns(ctx.actor);
  const json = (value: Record<string, unknown> | undefined) =>
    value === undefined ? null : JSON.stringify(value);
  return sql`
    insert into ${auditEntries} (actor_kind, actor_id, actor_name, actor_address, action, subject, before, after)
    select ${actorKind}, ${actorId}::bigint, ${actorName}, ${actorAddress}, ${change.action}, ${change.subject},
      ${json(change.before)}::jsonb, ${json(change.after)}::jsonb
    from ${source}`;
}

function actorColumns(actor: Actor) {
  return {
    actorKind: actor.kind,
    actorId: actor.kind === "system" ? null : actor.id,
    actorName: actor.name,
    actorAddress: actor.address ?? null,
  };
}
