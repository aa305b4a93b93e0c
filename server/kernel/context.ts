import type { Database } from "#db/client.ts";
import {
  isAllowed,
  isTokenAllowed,
  type Permission,
  type Role,
  type TokenPermission,
} from "#server/domain/permissions.ts";
import { ForbiddenError } from "./errors.ts";

/** A user who acts, from `address` where that is known. */
export interface Person {
  kind: "user";
  id: number;
  name: string;
  email: string;
  role: Role;
  address?: string | undefined;
}

export type Actor =
  | Person
  | {
      kind: "token";
      id: number;
      name: string;
      permissions: readonly TokenPermission[];
      /** Slugs of the services that it is for; null means all. */
      services: readonly string[] | null;
      address?: string | undefined;
    }
  /** The portal itself, or a visitor who has not shown who they are. */
  | { kind: "system"; name: string; address?: string | undefined };

/** What every verb gets first: who acts, on which database handle, at what time. */
export interface Context {
  db: Database;
  actor: Actor;
  now(): Date;
}

export function contextOf(db: Database, actor: Actor): Context {
  return { db, actor, now: () => new Date() };
}

/** `address` is where the request came from, where there is one. */
export function systemContext(db: Database, name: string, address?: string): Context {
  return contextOf(db, { kind: "system", name, address });
}

/** Runs `work` in one transaction; a context that is in one already joins it by a savepoint. */
export function inTransaction<T>(ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> {
  return ctx.db.transaction((transaction) => work({ ...ctx, db: transaction }));
}

/**
 * Throws ForbiddenError where the actor lacks the permission; `serviceSlug` is the service that it is wanted for. The
 * system may do everything.
 */
export function demand(
  ctx: Pick<Context, "actor">,
  permission: Permission,
  serviceSlug: string | null = null,
): void {
  const { actor } = ctx;
  if (actor.kind === "system") return;
  if (actor.kind === "token") {
    if (isTokenAllowed(actor, permission, serviceSlug)) return;
    throw new ForbiddenError(`The token ${actor.name} was not given \`${permission}\` for this.`);
  }
  if (isAllowed(actor.role, permission)) return;
  throw new ForbiddenError("Your role does not allow this. Ask an administrator to change it.");
}

/** The same for what only people do, whatever a machine was given; says who it is. */
export function demandPerson(ctx: Pick<Context, "actor">, permission: Permission): Person {
  demand(ctx, permission);
  if (ctx.actor.kind === "user") return ctx.actor;
  throw new ForbiddenError("Only a person can do this.");
}
