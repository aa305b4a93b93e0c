import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { SealingKey, SealingKeys } from "./sealed-value.ts";
import { UnreadableSecretError } from "./sealed-value.ts";

/**
 * Tokens for links in mails: the random name of a row with a code that only the installation's keys make. Nothing of it
 * is stored, and one that was made with an older key stays good.
 */

/** What it opens: a token for one opens nothing else. */
export type LinkPurpose = "confirm a subscription" | "end a subscription";

const nameBytes = 16;
const codeBytes = 16;

/** 43 characters of base64url. */
export function linkToken(keys: SealingKeys, purpose: LinkPurpose, name: string): string {
  const [key] = keys();
  if (key === undefined) throw new UnreadableSecretError("There is no key to sign links with.");
  const bytes = Buffer.from(name.replaceAll("-", ""), "hex");
  return Buffer.concat([bytes, codeOf(key, purpose, bytes)]).toString("base64url");
}

/** The row's name; null where no key of ours made the token for this. */
export function openLinkToken(keys: SealingKeys, purpose: LinkPurpose, token: string): string | null {
  const bytes = Buffer.from(token, "base64url");
  if (bytes.length !== nameBytes + codeBytes) return null;
  const name = bytes.subarray(0, nameBytes);
  const code = bytes.subarray(nameBytes);
  if (!keys().some((key) => timingSafeEqual(codeOf(key, purpose, name), code))) return null;
  return name.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function codeOf(key: SealingKey, purpose: LinkPurpose, name: Buffer): Buffer {
  const derived = new Uint8Array(hkdfSync("sha256", key.bytes, "", `anytime link to ${purpose}`, 32));
  return createHmac("sha256", derived).update(name).digest().subarray(0, codeBytes);
}
