import { TRPCClientError } from "@trpc/client";

/** What went wrong with a request, in words, and at which field (as the server names it). */
export interface RequestProblem {
  message: string;
  field: string | null;
}

const unreachable =
  "The portal could not be reached, so nothing was changed. Check the connection and try again.";

export function requestProblem(error: unknown): RequestProblem {
  if (!(error instanceof TRPCClientError)) return { message: unreachable, field: null };
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null) return { message: unreachable, field: null };
  const field = "field" in data && typeof data.field === "string" ? data.field : null;
  return { message: error.message, field };
}
