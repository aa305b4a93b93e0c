import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { z } from "zod";
import { demand } from "#server/kernel/context.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { exportEntries, exportFormats } from "#server/services/audit/export-entries.ts";
import { getSession } from "#server/services/identity/get-session.ts";
import { handlerAccess } from "./access.ts";
import { auditFilter } from "./audit-router.ts";
import { apiContext, verbContext } from "./context.ts";
import { detailsOf, toApiError } from "./error-mapping.ts";

const querySchema = auditFilter.extend({ format: z.enum(exportFormats) });
const mediaTypes = { csv: "text/csv; charset=utf-8", jsonl: "application/jsonl; charset=utf-8" } as const;

/** The audit log as a file, streamed: `?format=csv` or `jsonl`, and the filter of its page. */
export async function handleAuditExport(request: Request): Promise<Response> {
  const response = await answer(request).catch(refuse);
  response.headers.set("cache-control", "no-store");
  return response;
}

async function answer(request: Request): Promise<Response> {
  const session = await getSession();
  if (session === null) throw new UnauthenticatedError("Sign in first.");
  const ctx = verbContext(apiContext(session, request.headers), session);
  demand(ctx, handlerAccess["/api/audit/export"]);
  const { format, ...filter } = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams));
  const day = ctx.now().toISOString().slice(0, 10);
  return new Response(streamOf(exportEntries(ctx, filter, format)), {
    headers: {
      "content-type": mediaTypes[format],
      "content-disposition": `attachment; filename="anytime-audit-log-${day}.${format}"`,
    },
  });
}

function refuse(error: unknown): Response {
  const told = toApiError(error, portal().logger, "audit/export");
  return Response.json(
    { message: told.message, ...detailsOf(told) },
    { status: getHTTPStatusCodeFromError(told) },
  );
}

/** Asked for piece by piece, as fast as the reader takes them; a reader who leaves ends the reading, too. */
function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await pieces.return(undefined);
    },
  });
}
