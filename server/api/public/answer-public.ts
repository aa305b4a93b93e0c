import { createHash } from "node:crypto";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { z } from "zod";
import { type Context, systemContext } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { detailsOf, toApiError } from "../error-mapping.ts";

/** What everybody may read and keep: made of what is public, whoever asks, so that anybody's copy will do. */

export interface PublicAsked {
  ctx: Context;
  url: URL;
  portalUrl: string;
}

export interface PublicBody {
  mediaType: string;
  body: string;
}

/** Answers GET and HEAD by `read`, and 304 to who has it already; the same headers whatever is answered. */
export async function answerPublic(
  request: Request,
  read: (asked: PublicAsked) => Promise<PublicBody>,
): Promise<Response> {
  const response = await answer(request, read).catch((error: unknown) => refuse(request, error));
  response.headers.set("access-control-allow-origin", "*");
  response.headers.set("cache-control", response.status < 500 ? "public, max-age=30" : "no-store");
  return request.method === "HEAD" ? new Response(null, response) : response;
}

async function answer(
  request: Request,
  read: (asked: PublicAsked) => Promise<PublicBody>,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new TRPCError({ code: "METHOD_NOT_SUPPORTED", message: "This can only be read." });
  }
  const { database, settings } = portal();
  const ctx = systemContext(database.db, "visitor");
  const { mediaType, body } = await read({
    ctx,
    url: new URL(request.url),
    portalUrl: settings.portalUrl,
  });
  const etag = `W/"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  if (isKnown(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers: { etag } });
  }
  return new Response(body, { headers: { etag, "content-type": mediaType } });
}

/** Weakly compared, as RFC 9110 says of If-None-Match. */
function isKnown(known: string | null, etag: string): boolean {
  if (known === null) return false;
  const opaque = (tag: string) => tag.trim().replace(/^W\//, "");
  return known.trim() === "*" || known.split(",").some((tag) => opaque(tag) === opaque(etag));
}

function refuse(request: Request, error: unknown): Response {
  const told = toApiError(error, portal().logger, new URL(request.url).pathname);
  const status = getHTTPStatusCodeFromError(told);
  return Response.json(
    { message: told.message, ...detailsOf(told) },
    { status, headers: status === 405 ? { allow: "GET, HEAD" } : {} },
  );
}

/** The query by its schema; a key that is not known is a misspelling, and would else show too much. */
export function parseQuery<S extends z.ZodObject>(url: URL, schema: S): z.output<S> {
  const known = Object.keys(schema.shape);
  for (const key of url.searchParams.keys()) {
    if (!known.includes(key)) {
      throw new ValidationError(`There is no such key. Known here: ${known.join(", ") || "none"}.`, key);
    }
    if (url.searchParams.getAll(key).length > 1) throw new ValidationError("Give this once.", key);
  }
  return schema.parse(Object.fromEntries(url.searchParams));
}
