import { cookies } from "next/headers";
import { cache } from "react";
import type { Session } from "./session.ts";
import { isSecure, sessionFromToken } from "./session-from-request.ts";
import { cookieNames } from "./session-token.ts";

/** Who asks for this page or calls this route handler; null without a valid session. Read once per request. */
export const getSession: () => Promise<Session | null> = cache(async () => {
  const jar = await cookies();
  return sessionFromToken(jar.get(cookieNames(isSecure()).session)?.value);
});
