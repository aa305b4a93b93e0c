import { decode, encode, type JWT } from "next-auth/jwt";
import { z } from "zod";
import { portalCookiePrefix } from "#server/domain/portal-cookies.ts";
import type { SessionClaim } from "./session.ts";

export const sessionSeconds = 14 * 24 * 3_600;

const cookies = ["session", "callback", "csrf", "state", "pkce", "nonce", "intent", "browser"] as const;

/**
 * Names of our own: a router on the same host is sent these cookies, too, and removes them by their prefix.
 * With https they carry the prefixes that browsers guard.
 */
export function cookieNames(isSecure: boolean): Record<(typeof cookies)[number], string> {
  const prefix = isSecure ? "__Host-" : "";
  const named = cookies.map((name) => [name, `${prefix}${portalCookiePrefix}${name}`]);
  return Object.fromEntries(named) as Record<(typeof cookies)[number], string>;
}

const claimSchema = z.object({
  sub: z.coerce.number().int(),
  sessionVersion: z.number().int(),
  sessionId: z.string().min(1).max(100),
  signedInAt: z.number().int(),
});

/** What the token of a session holds. */
export function tokenOf({ userId, ...rest }: SessionClaim): JWT {
  return { sub: String(userId), ...rest };
}

export function sealSession(claim: SessionClaim, secret: string): Promise<string> {
  return encode({ token: tokenOf(claim), secret, maxAge: sessionSeconds });
}

/** Null where the token was not made by this installation, or has run out. */
export async function readSessionToken(token: string, secret: string): Promise<SessionClaim | null> {
  // Its own errors say how a token is malformed; whoever sends one is simply not signed in.
  const payload = await decode({ token, secret }).catch(() => null);
  return claimOf(payload);
}

export function claimOf(payload: unknown): SessionClaim | null {
  const claim = claimSchema.safeParse(payload);
  if (!claim.success) return null;
  const { sub: userId, ...rest } = claim.data;
  return { userId, ...rest };
}
