import { createHash, randomBytes } from "node:crypto";

/** What stands in a one-time link. Only its hash is stored. */
export interface OneTimeToken {
  token: string;
  tokenHash: string;
  expiresAt: Date;
}

export function newOneTimeToken(now: Date, lifetimeMs: number): OneTimeToken {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenHash: hashOneTimeToken(token), expiresAt: new Date(now.getTime() + lifetimeMs) };
}

export function hashOneTimeToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
