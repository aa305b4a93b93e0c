import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { z } from "zod";
import { mostPictureBytes } from "#server/domain/picture.ts";
import { keepPictureFor } from "#server/flows/write-note.ts";
import { demand } from "#server/kernel/context.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { sessionFromRequest } from "#server/services/identity/session-from-request.ts";
import { handlerAccess } from "./access.ts";
import { apiContext, verbContext } from "./context.ts";
import { detailsOf, toApiError } from "./error-mapping.ts";
import { demandSameOrigin, isReading } from "./same-origin.ts";
import { slug } from "./schemas.ts";

const querySchema = z.object({ service: slug });

/** Takes a picture for a note of `?service=`: POST with the file as its body, from a page of the portal. */
export async function handlePictureUpload(request: Request): Promise<Response> {
  const response = await answer(request).catch(refuse);
  response.headers.set("cache-control", "no-store");
  return response;
}

async function answer(request: Request): Promise<Response> {
  const { headers } = request;
  if (!isReading(request)) demandSameOrigin(headers, portal().settings.portalUrl);
  const session = await sessionFromRequest({ headers: { cookie: headers.get("cookie") ?? undefined } });
  if (session === null) throw new UnauthenticatedError("Sign in first.");
  const ctx = verbContext(apiContext(session, headers), session);
  demand(ctx, handlerAccess["/api/note-pictures"]);
  if (request.method !== "POST") {
    throw new TRPCError({ code: "METHOD_NOT_SUPPORTED", message: "Pictures are sent by POST." });
  }
  const { service } = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams));
  if (Number(headers.get("content-length") ?? 0) > mostPictureBytes) {
    throw new TRPCError({ code: "PAYLOAD_TOO_LARGE", message: "A picture has at most 1 MB." });
  }
  return Response.json(await keepPictureFor(ctx, service, Buffer.from(await request.arrayBuffer())));
}

function refuse(error: unknown): Response {
  const told = toApiError(error, portal().logger, "note-pictures");
  const status = getHTTPStatusCodeFromError(told);
  return Response.json(
    { message: told.message, ...detailsOf(told) },
    { status, headers: status === 405 ? { allow: "POST" } : {} },
  );
}
