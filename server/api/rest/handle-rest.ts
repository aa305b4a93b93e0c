import { TRPCError } from "@trpc/server";
import { contextOf, systemContext } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { apiContext } from "../context.ts";
import { authenticate } from "./authenticate.ts";
import { demandOperation } from "./demand-operation.ts";
import { findOperations, type Match } from "./find-operation.ts";
import type { Asked, Operation } from "./operation.ts";
import { problemOf } from "./problem.ts";
import { readInput } from "./read-input.ts";

/** Every request below /api/v1: who asks, whether they may, what they ask, then the answer. */
export async function handleRest(request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/^\/api\/v1/, "");
  const response = await answer(request, path).catch((error: unknown) => problemOf(error, { path }));
  response.headers.set("cache-control", "no-store");
  return response;
}

async function answer(request: Request, path: string): Promise<Response> {
  const matches = findOperations(path);
  const match = matches.get(request.method === "HEAD" ? "GET" : request.method);
  if (match === undefined) return refuse(matches, { path, method: request.method });
  const asked = await askedBy(request, match.operation);
  await demandOperation(asked, match);
  const told = await match.operation.handle(asked, await readInput(request, match));
  if (told instanceof Response) return told;
  const { answer, status } = match.operation;
  return Response.json(answer === null ? told : answer.parse(told), { status });
}

async function askedBy(request: Request, { needs }: Operation): Promise<Asked> {
  const { db, installation, portalUrl } = apiContext(null, request.headers);
  const around = { installation, portalUrl };
  if (needs === "none") return { ...around, token: null, verb: systemContext(db, "visitor") };
  const token = await authenticate(request.headers);
  return { ...around, token, verb: contextOf(db, token.actor) };
}

function refuse(matches: Map<string, Match>, { path, method }: { path: string; method: string }): Response {
  if (matches.size === 0) {
    const message = `Nothing is at /api/v1${path}. /api/v1/openapi.json lists what there is.`;
    return problemOf(new NotFoundError(message), { path });
  }
  const allowed = [...matches.keys()].join(", ");
  const error = new TRPCError({
    code: "METHOD_NOT_SUPPORTED",
    message: `${method} is not possible here: use ${allowed}.`,
  });
  const response = problemOf(error, { path });
  response.headers.set("allow", allowed);
  return response;
}
