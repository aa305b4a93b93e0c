import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";

/** Signatures as https://www.standardwebhooks.com says. */

export function newSigningSecret(): string {
  return `whsec_${randomBytes(24).toString("base64")}`;
}

/** The three headers; one signature for each secret, so that a receiver may know either. */
export function signatureHeaders(
  secrets: readonly string[],
  message: { id: string; at: Date; body: string },
): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(message.id, message.at, message.body));
  return {
    "webhook-id": message.id,
    "webhook-timestamp": String(Math.floor(message.at.getTime() / 1_000)),
    "webhook-signature": signatures.join(" "),
  };
}
