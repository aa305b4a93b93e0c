import { cookies } from "next/headers";
import { encode } from "next-auth/jwt";
import { portal } from "#server/kernel/portal.ts";
import type { SessionClaim } from "./session.ts";
import { isSecure } from "./session-from-request.ts";
import { cookieNames, sessionSeconds } from "./session-token.ts";

/** Gives the browser of this request a new session, after a change that ended all others. For route handlers only. */
export async function renewSession({ userId, sessionVersion }: SessionClaim): Promise<void> {
  const token = await encode({
    token: { sub: String(userId), sessionVersion },
    secret: portal().secrets.sessionSecret,
    maxAge: sessionSeconds,
  });
  const jar = await cookies();
  jar.set(cookieNames(isSecure()).session, token, {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: isSecure(),
    maxAge: sessionSeconds,
  });
}
