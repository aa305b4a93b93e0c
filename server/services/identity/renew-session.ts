import { cookies } from "next/headers";
import { portal } from "#server/kernel/portal.ts";
import type { SessionClaim } from "./session.ts";
import { isSecure } from "./session-from-request.ts";
import { cookieNames, sealSession, sessionSeconds } from "./session-token.ts";

/** Gives the browser of this request a new session, after a change that ended all others. For route handlers only. */
export async function renewSession(claim: SessionClaim): Promise<void> {
  const token = await sealSession(claim, portal().secrets.sessionSecret);
  const jar = await cookies();
  jar.set(cookieNames(isSecure()).session, token, {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: isSecure(),
    maxAge: sessionSeconds,
  });
}
