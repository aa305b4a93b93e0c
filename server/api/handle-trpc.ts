import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { batchLimit } from "#server/domain/batch-limit.ts";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { sessionFromRequest } from "#server/services/identity/session-from-request.ts";
import { type ApiContext, apiContext } from "./context.ts";
import { toApiError } from "./error-mapping.ts";
import { appRouter } from "./root.ts";
import { demandSameOrigin, isReading } from "./same-origin.ts";

/** Every tRPC request. Queries go by GET; what changes something goes by POST, from a page of the portal. */
export async function handleTrpc(request: Request): Promise<Response> {
  if (!isReading(request)) {
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
    maxBatchSize: batchLimit,
    createContext: () => contextOf(request),
  });
}

/** Who asks is read before any procedure runs, so its errors are mapped here. */
async function contextOf(request: Request): Promise<ApiContext> {
  const cookie = request.headers.get("cookie") ?? undefined;
  try {
    return apiContext(await sessionFromRequest({ headers: { cookie } }), request.headers);
  } catch (error) {
    throw toApiError(error, portal().logger, "session");
  }
}

/** In the form that tRPC's client reads, though no procedure was called. */
function forbidden(error: ForbiddenError): Response {
  const data = { code: "FORBIDDEN", httpStatus: 403, path: null, field: null, errorId: null };
  return Response.json({ error: { message: error.message, code: -32_003, data } }, { status: 403 });
}
