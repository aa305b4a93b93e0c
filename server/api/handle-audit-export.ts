import { z } from "zod";
import { isAllowed } from "#server/domain/permissions.ts";
import { exportEntries, exportFormats } from "#server/services/audit/export-entries.ts";
import { getSession } from "#server/services/identity/get-session.ts";
import { handlerAccess } from "./access.ts";
import { auditFilter } from "./audit-router.ts";
import { apiContext, verbContext } from "./context.ts";

const querySchema = auditFilter.extend({ format: z.enum(exportFormats) });
const mediaTypes = { csv: "text/csv; charset=utf-8", jsonl: "application/jsonl; charset=utf-8" } as const;

/** The audit log as a file, streamed: `?format=csv` or `jsonl`, and the filter of its page. Needs `readAudit`. */
export async function handleAuditExport(request: Request): Promise<Response> {
  const session = await getSession();
  if (session === null) return refuse(401, "Sign in first.");
  if (!isAllowed(session.user.role, handlerAccess["/api/audit/export"])) {
    return refuse(403, "Your role does not allow this.");
  }
  const ctx = verbContext(apiContext(session, request.headers), session);
  const query = querySchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!query.success) {
    const [issue] = query.error.issues;
    return refuse(400, `${issue?.path.join(".") ?? "query"}: ${issue?.message ?? "cannot be read"}.`);
  }
  const { format, ...filter } = query.data;
  const day = ctx.now().toISOString().slice(0, 10);
  return new Response(streamOf(exportEntries(ctx, filter, format)), {
    headers: {
      "content-type": mediaTypes[format],
      "content-disposition": `attachment; filename="anytime-audit-log-${day}.${format}"`,
      "cache-control": "no-store",
    },
  });
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

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status, headers: { "cache-control": "no-store" } });
}
