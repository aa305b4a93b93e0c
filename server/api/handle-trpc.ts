import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { getSession } from "#server/services/identity/get-session.ts";
import { apiContext } from "./context.ts";
import { appRouter } from "./root.ts";
import { demandSameOrigin } from "./same-origin.ts";

/** Every tRPC request. Queries go by GET; what changes something goes by POST, from a page of the portal. */
export async function handleTrpc(request: Request): Promise<Response> {
  if (request.method !== "GET") {
    try {
      demandSameOrigin(request.headers, portal().settings.portalUrl);
    } catch (error) {
      if (error instanceof ForbiddenError) return forbidden(error);
      throw error;
    }
  }
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: async () => apiContext(await getSession(), request.headers),
  });
}

/** In the form that tRPC's client reads, though no procedure was called. */
function forbidden(error: ForbiddenError): Response {
  const data = { code: "FORBIDDEN", httpStatus: 403, path: null, field: null, errorId: null };
  return Response.json({ error: { message: error.message, code: -32_003, data } }, { status: 403 });
}
