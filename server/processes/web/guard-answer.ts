import type { IncomingMessage, ServerResponse } from "node:http";
import { type BarePattern, bareAccess } from "#server/api/access.ts";
import { type Access, isAllowed } from "#server/domain/permissions.ts";
import type { Session } from "#server/services/identity/session.ts";
import { sessionFromRequest } from "#server/services/identity/session-from-request.ts";
import { answerJson } from "./bare-answers.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;
/** Null where the table asks for no session. */
export type GuardedAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  session: Session | null,
) => unknown;

/** The answer for those whom the table lets in; 401 and 403 for others, before the request is looked at. */
export function guardAnswer(pattern: BarePattern, answer: GuardedAnswer): Answer {
  const access: Access = bareAccess[pattern];
  if (access === "none") return (request, response) => answer(request, response, null);
  return async (request, response) => {
    const session = await sessionFromRequest(request);
    if (session === null) return answerJson(response, 401, { message: "Sign in first." });
    if (isAllowed(session.user.role, access)) return answer(request, response, session);
    return answerJson(response, 403, { message: "Your role does not allow this." });
  };
}
