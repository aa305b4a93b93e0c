import { randomBytes } from "node:crypto";
import { hashToken } from "./hash-token.ts";

/** What stands in a one-time link. Only its hash is stored. */
export interface OneTimeToken {
  token: string;
  tokenHash: string;
  expiresAt: Date;
}

export function newOneTimeToken(now: Date, lifetimeMs: number): OneTimeToken {
  const token = randomBytes(32).toString("base64url");
  return { token, tokenHash: hashToken(token), expiresAt: new Date(now.getTime() + lifetimeMs) };
}
