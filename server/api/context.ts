import { type Installation, installationOf } from "#server/flows/installation.ts";
import type { Actor, Context } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { portal } from "#server/kernel/portal.ts";
import { addressHeader } from "#server/services/identity/request-headers.ts";
import type { Session } from "#server/services/identity/session.ts";

/** What every procedure gets: who asks, and what the process has opened. */
export interface ApiContext {
  session: Session | null;
  /** Where the request came from. */
  address?: string | undefined;
  db: Context["db"];
  installation: Installation;
  portalUrl: string;
  allowedLocalRepositories: readonly string[];
  logger: Logger;
}

export function apiContext(session: Session | null, headers: Headers): ApiContext {
  const { database, settings, folders, logger } = portal();
  return {
    session,
    address: headers.get(addressHeader) ?? undefined,
    db: database.db,
    installation: installationOf(settings, folders),
    portalUrl: settings.portalUrl,
    allowedLocalRepositories: settings.allowLocalRepositories,
    logger,
  };
}

/** The context that verbs take, for somebody who is signed in. */
export function verbContext(api: ApiContext, session: Session): Context {
  const actor: Actor = { kind: "user", ...session.user, address: api.address };
  return { db: api.db, actor, now: () => new Date() };
}
