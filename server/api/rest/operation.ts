import { z } from "zod";
import type { TokenPermission } from "#server/domain/permissions.ts";
import type { Installation } from "#server/flows/installation.ts";
import type { Context } from "#server/kernel/context.ts";
import type { FoundToken } from "#server/services/identity/find-token.ts";

/** What a handler gets besides its input. */
export interface Asked {
  verb: Context;
  /** Null only where an operation needs none. */
  token: FoundToken | null;
  installation: Installation;
  portalUrl: string;
}

/**
 * One thing that machines can ask for. The dispatcher, the OpenAPI document and the test of permissions all read this
 * declaration, so they cannot disagree.
 */
export interface Operation {
  id: string;
  method: "GET" | "POST" | "PATCH";
  /** Below /api/v1, with `{slug}` or `{id}` where a part varies. */
  path: string;
  summary: string;
  /** `any token`: every token that is valid; `none`: no token at all. */
  needs: TokenPermission | "any token" | "none";
  /** Whether a token that is for some services may ask: for the service `{slug}`, for that of the deployment `{id}`, or for its part of a list. */
  about: "service" | "deployment" | "list" | "portal";
  params: z.ZodObject;
  query: z.ZodObject;
  body: z.ZodObject | null;
  /** Null for plain text. Keys that it does not name never leave the portal. */
  answer: z.ZodType | null;
  status: number;
  handle(asked: Asked, input: Record<string, unknown>): Promise<unknown>;
}

interface Declaration<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodObject,
  Answer extends z.ZodType,
> extends Pick<Operation, "id" | "method" | "path" | "summary" | "needs" | "about"> {
  params?: Params;
  query?: Query;
  body?: Body;
  answer: Answer | null;
  status?: number;
  handle(
    asked: Asked,
    input: z.output<Params> & z.output<Query> & z.output<Body>,
  ): Promise<z.input<Answer> | Response>;
}

type None = z.ZodObject<Record<never, never>>;

/** Keeps what a handler is given and what it answers in step with the schemas beside it. */
export function operation<
  Answer extends z.ZodType,
  Params extends z.ZodObject = None,
  Query extends z.ZodObject = None,
  Body extends z.ZodObject = None,
>(declared: Declaration<Params, Query, Body, Answer>): Operation {
  return {
    ...declared,
    params: declared.params ?? z.strictObject({}),
    query: declared.query ?? z.strictObject({}),
    body: declared.body ?? null,
    status: declared.status ?? 200,
    // Its input was parsed by these very schemas.
    handle: (asked, input) => declared.handle(asked, input as Parameters<typeof declared.handle>[1]),
  };
}
