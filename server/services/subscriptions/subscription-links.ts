import { linkToken } from "#server/kernel/link-token.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import type { Subscription } from "./subscription.ts";

/** Where the portal is, and what it signs links with. */
export interface LinkMaking {
  keys: SealingKeys;
  portalUrl: string;
}

/** The page whose button confirms: what follows links in mails must not. */
export function confirmUrl({ keys, portalUrl }: LinkMaking, { linkId }: Subscription): string {
  return `${portalUrl}/subscriptions/confirm/${linkToken(keys, "confirm a subscription", linkId)}`;
}

/** The page whose button ends it, and what mail programs send a POST to for that. */
export function endUrls({ keys, portalUrl }: LinkMaking, { linkId }: Subscription) {
  const token = linkToken(keys, "end a subscription", linkId);
  return {
    page: `${portalUrl}/subscriptions/end/${token}`,
    oneClick: `${portalUrl}/api/subscriptions/end/${token}`,
  };
}

/** The feed that it is about. */
export function feedUrl({ portalUrl }: LinkMaking, { service }: Subscription): string {
  return service === null ? `${portalUrl}/feed` : `${portalUrl}/feed/${encodeURIComponent(service.slug)}`;
}
