import { isMapping } from "#server/domain/group-role.ts";
import { type Installation, installationOf } from "#server/flows/installation.ts";
import { type Context, contextOf } from "#server/kernel/context.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { portal } from "#server/kernel/portal.ts";
import { openOutside } from "#server/services/broadcast/outside.ts";
import { renewSession } from "#server/services/identity/renew-session.ts";
import { addressHeader } from "#server/services/identity/request-headers.ts";
import type { Session, SessionClaim } from "#server/services/identity/session.ts";

/** What every procedure gets: who asks, and what the process has opened. */
export interface ApiContext {
  session: Session | null;
  /** Where the request came from. */
  address?: string | undefined;
  db: Context["db"];
  installation: Installation;
  portalUrl: string;
  hasMailServer: boolean;
  allowedLocalRepositories: readonly string[];
  /** What of the identity providers may be shown. */
  providers: readonly ProviderBrief[];
  /** Gives this browser a new session after a change that ended all of its user's. */
  renewSession(claim: SessionClaim): Promise<void>;
  /** For whoever sends something; to be closed afterwards. */
  openOutside(): ReturnType<typeof openOutside>;
  logger: Logger;
}

export interface ProviderBrief {
  id: string;
  name: string;
  issuer: string;
  /** Whether its groups give roles. */
  hasGroups: boolean;
}

export function apiContext(session: Session | null, headers: Headers): ApiContext {
  const { database, settings, folders, logger } = portal();
  const installation = installationOf(settings, folders);
  return {
    session,
    address: headers.get(addressHeader) ?? undefined,
    db: database.db,
    installation,
    portalUrl: settings.portalUrl,
    hasMailServer: settings.smtpUrl !== null,
    allowedLocalRepositories: settings.allowLocalRepositories,
    providers: settings.identityProviders.map((provider) => ({
      id: provider.id,
      name: provider.name,
      issuer: provider.issuer,
      hasGroups: isMapping(provider),
    })),
    renewSession,
    openOutside: () => openOutside(settings, installation.sealingKeys),
    logger,
  };
}

/** The context that verbs take, for somebody who is signed in. */
export function verbContext(api: ApiContext, session: Session): Context {
  return contextOf(api.db, { kind: "user", ...session.user, address: api.address });
}
