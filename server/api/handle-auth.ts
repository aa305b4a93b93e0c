import NextAuth from "next-auth";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { authOptions } from "#server/services/identity/auth-options.ts";
import { demandSameOrigin } from "./same-origin.ts";

interface AuthRoute {
  params: Promise<{ nextauth: string[] }>;
}

/** Signing in and out. */
export async function handleAuth(request: Request, route: AuthRoute): Promise<Response> {
  try {
    if (request.method !== "GET") demandSameOrigin(request.headers, portal().settings.portalUrl);
  } catch (error) {
    if (!(error instanceof ForbiddenError)) throw error;
    return Response.json({ message: error.message }, { status: 403 });
  }
  const handle: (request: Request, route: AuthRoute) => Promise<Response> = NextAuth(authOptions());
  return handle(request, route);
}
