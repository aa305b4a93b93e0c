import type { TRPCError } from "@trpc/server";
import type { z } from "zod";
import { portal } from "#server/kernel/portal.ts";
import { detailsOf, toApiError } from "../error-mapping.ts";
import type { problemAnswer } from "./answers.ts";

interface Kind {
  status: number;
  code: string;
  title: string;
}

const kinds: Partial<Record<TRPCError["code"], Kind>> = {
  BAD_REQUEST: { status: 400, code: "invalid_input", title: "The input is not valid" },
  UNAUTHORIZED: { status: 401, code: "unauthenticated", title: "No valid token" },
  FORBIDDEN: { status: 403, code: "forbidden", title: "Not allowed" },
  NOT_FOUND: { status: 404, code: "not_found", title: "Not found" },
  METHOD_NOT_SUPPORTED: { status: 405, code: "method_not_allowed", title: "Method not allowed" },
  CONFLICT: { status: 409, code: "conflict", title: "The state does not allow it" },
  SERVICE_UNAVAILABLE: { status: 503, code: "unavailable", title: "Not available at the moment" },
};
const unknown: Kind = { status: 500, code: "internal", title: "Something went wrong" };

/** What rooms and flows call a key, and what machines call it. */
const fieldNames: Record<string, string> = {
  environmentSlug: "environment",
  releaseNumber: "release",
  serviceSlug: "slug",
};

/** Any error as application/problem+json (RFC 9457). */
export function problemOf(error: unknown, facts: { path: string }): Response {
  const told = toApiError(error, portal().logger, facts.path);
  const { field, errorId } = detailsOf(told);
  const kind = kinds[told.code] ?? unknown;
  const problem: z.output<typeof problemAnswer> = {
    type: "about:blank",
    ...kind,
    detail: told.message,
    field: field === null ? null : (fieldNames[field] ?? field),
    errorId,
  };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (kind.status === 401) headers.set("www-authenticate", 'Bearer realm="anytime"');
  return new Response(JSON.stringify(problem), { status: kind.status, headers });
}
