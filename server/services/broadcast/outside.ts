import type { Settings } from "#server/kernel/env.ts";
import { type Mailer, openMailer } from "#server/kernel/mailer.ts";
import { outgoingRequests, type SendOutgoing } from "#server/kernel/outgoing-request.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";

/** What sending takes. */
export interface Outside {
  keys: SealingKeys;
  send: SendOutgoing;
  /** Null where the installation has no mail server. */
  mailer: Mailer | null;
  portalUrl: string;
  /** `https://slack.com`, without a slash at its end. */
  slackUrl: string;
}

export function openOutside(settings: Settings, keys: SealingKeys): Outside & { close(): void } {
  const mailer = openMailer(settings);
  return {
    keys,
    send: outgoingRequests({ allowedHosts: settings.outgoingHosts }),
    mailer,
    portalUrl: settings.portalUrl,
    slackUrl: settings.slackUrl,
    close: () => mailer?.close(),
  };
}
