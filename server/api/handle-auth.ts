import NextAuth from "next-auth";
import { databaseAwayText, demandDatabase, isDatabaseAway } from "#server/kernel/database-away.ts";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { logUnknown } from "#server/kernel/unknown-error.ts";
import { authOptions } from "#server/services/identity/auth-options.ts";
import { demandSameOrigin, isReading } from "./same-origin.ts";

interface AuthRoute {
  params: Promise<{ nextauth: string[] }>;
}

/** What reads the database. NextAuth takes any error in these for a wrong password, or for the session's end. */
const needDatabase = ["callback", "session"];

/** Signing in and out. */
export async function handleAuth(request: Request, route: AuthRoute): Promise<Response> {
  try {
    const { settings, database } = portal();
    if (!isReading(request)) demandSameOrigin(request.headers, settings.portalUrl);
    const [action = ""] = (await route.params).nextauth;
    if (needDatabase.includes(action)) await demandDatabase(database);
    const handle: (request: Request, route: AuthRoute) => Promise<Response> = NextAuth(authOptions());
    return await handle(request, route);
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Response {
  if (error instanceof ForbiddenError) return told(403, error.message);
  if (error instanceof SyntaxError) return told(400, "The body is not JSON.");
  if (isDatabaseAway(error)) return told(503, databaseAwayText);
  return told(500, logUnknown(portal().logger, error, { path: "auth" }).message);
}

/** NextAuth's client reads the problem from an address, as NextAuth itself would send it. */
function told(status: number, message: string): Response {
  const url = `${portal().settings.portalUrl}/sign-in?error=${encodeURIComponent(message)}`;
  return Response.json({ message, url }, { status });
}
