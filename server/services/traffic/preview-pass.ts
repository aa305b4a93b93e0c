import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * A pass says that somebody who is signed in may see the next pool of one service environment until then, and no more:
 * `<service environment>.<expiry in ms>.<HMAC-SHA256>`. A grant is handed by the portal to the router, which gives the
 * browser an entry for it. Neither stands for the other.
 */
export type PassPurpose = "grant" | "entry";

export interface Pass {
  serviceEnvironmentId: number;
  expiresAtMs: number;
}

/** As long as a browser may take from the portal to the router. */
export const grantForMs = 60_000;
/** Routers ask no database who may still sign in: whoever leaves the portal is out after this time. */
export const entryForMs = 15 * 60_000;

export function sealPass(key: Uint8Array, purpose: PassPurpose, pass: Pass): string {
  const text = `${pass.serviceEnvironmentId}.${pass.expiresAtMs}`;
  return `${text}.${sign(key, purpose, text).toString("base64url")}`;
}

/** Null where it was not sealed by this key for this purpose, or its time is over. */
export function openPass(key: Uint8Array, purpose: PassPurpose, sealed: string, nowMs: number): Pass | null {
  const [, text, id, expiry, signature] = /^((\d{1,15})\.(\d{1,15}))\.([\w-]{43})$/.exec(sealed) ?? [];
  if (text === undefined || signature === undefined) return null;
  if (!timingSafeEqual(sign(key, purpose, text), Buffer.from(signature, "base64url"))) return null;
  const pass = { serviceEnvironmentId: Number(id), expiresAtMs: Number(expiry) };
  return pass.expiresAtMs > nowMs ? pass : null;
}

function sign(key: Uint8Array, purpose: PassPurpose, text: string): Buffer {
  return createHmac("sha256", key).update(`${purpose}:${text}`).digest();
}
