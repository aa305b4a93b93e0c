import { createHash, randomBytes } from "node:crypto";

const lifetimeMs = 24 * 3_600_000;

/** A fresh token for a setup link. Only its hash is stored. */
export function newSetupToken(now: Date): { token: string; tokenHash: string; expiresAt: Date } {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenHash: hashSetupToken(token), expiresAt: new Date(now.getTime() + lifetimeMs) };
}

export function hashSetupToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
