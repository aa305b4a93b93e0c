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
