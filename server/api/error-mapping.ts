import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import {
  ConflictError,
  ForbiddenError,
  NotFoundError,
  UnauthenticatedError,
  UserError,
  ValidationError,
} from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { tellOfDatabase } from "#server/kernel/tell-of-database.ts";
import { logUnknown, UnknownError } from "#server/kernel/unknown-error.ts";

/** The one place where errors of the server become errors of the API. */

export interface ErrorDetails {
  /** The form field that it stands in, dotted. */
  field: string | null;
  /** The id under which an unknown error was logged. */
  errorId: string | null;
}

/**
 * What the client is told; everything that is not listed here is logged and shown without detail.
 * An error that was mapped before stays as it is.
 */
export function toApiError(error: unknown, logger: Logger, path: string | undefined): TRPCError {
  const cause = error instanceof TRPCError ? (error.cause ?? error) : error;
  if (cause instanceof ZodError) return fromZod(cause);
  if (cause instanceof UserError) {
    return new TRPCError({ code: codeOf(cause), message: cause.message, cause });
  }
  if (isDatabaseAway(cause)) {
    return new TRPCError({ code: "SERVICE_UNAVAILABLE", message: tellOfDatabase(cause) });
  }
  if (error instanceof TRPCError) {
    if (error.code !== "INTERNAL_SERVER_ERROR") return refusedByTrpc(error);
    if (cause instanceof UnknownError) return error;
  }
  const unknown = logUnknown(logger, cause, { path });
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: unknown.message, cause: unknown });
}

export function detailsOf(error: TRPCError): ErrorDetails {
  const { cause } = error;
  return {
    field: cause instanceof ValidationError ? cause.field : null,
    errorId: cause instanceof UnknownError ? cause.errorId : null,
  };
}

/** Raised by tRPC itself: an unknown procedure, a method that it does not take, a body that is not JSON. */
function refusedByTrpc({ code, message, cause }: TRPCError): TRPCError {
  const isMalformed = cause instanceof SyntaxError;
  return new TRPCError({ code, message: isMalformed ? `The input is not JSON: ${message}.` : message });
}

function codeOf(error: UserError): TRPCError["code"] {
  if (error instanceof NotFoundError) return "NOT_FOUND";
  if (error instanceof ConflictError) return "CONFLICT";
  if (error instanceof UnauthenticatedError) return "UNAUTHORIZED";
  if (error instanceof ForbiddenError) return "FORBIDDEN";
  return "BAD_REQUEST";
}

function fromZod(error: ZodError): TRPCError {
  const [issue] = error.issues;
  const cause = new ValidationError(
    issue?.message ?? "This is not valid.",
    issue === undefined || issue.path.length === 0 ? null : issue.path.map(String).join("."),
  );
  return new TRPCError({ code: "BAD_REQUEST", message: cause.message, cause });
}
