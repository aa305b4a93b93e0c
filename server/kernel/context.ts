import type { Database } from "#db/client.ts";
import { isAllowed, type Permission, type Role } from "#server/domain/permissions.ts";
import { ForbiddenError } from "./errors.ts";

export type Actor =
  | { kind: "user"; id: number; name: string; email: string; role: Role }
  | { kind: "system"; name: string };

/** What every verb gets first: who acts, on which database handle, at what time. */
export interface Context {
  db: Database;
  actor: Actor;
  now(): Date;
}

export function systemContext(db: Database, name: string): Context {
  return { db, actor: { kind: "system", name }, now: () => new Date() };
}

/** Runs `work` in one transaction; a context that is in one already joins it by a savepoint. */
export function inTransaction<T>(ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> {
  return ctx.db.transaction((transaction) => work({ ...ctx, db: transaction }));
}

/** Throws ForbiddenError where the actor's role lacks the permission. The system may do everything. */
export function demand(ctx: Context, permission: Permission): void {
  if (ctx.actor.kind === "system" || isAllowed(ctx.actor.role, permission)) return;
  throw new ForbiddenError("Your role does not allow this. Ask an administrator to change it.");
}
