import { createHash } from "node:crypto";

/**
 * What is stored of a token, be it a machine's or that of a one-time link. SHA-256 is enough: 256 random bits cannot be
 * guessed, so nothing has to slow a guesser down.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
