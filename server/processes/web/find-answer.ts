import type { IncomingMessage, ServerResponse } from "node:http";
import { type BarePattern, bareAccess } from "#server/api/access.ts";
import type { Session } from "#server/services/identity/session.ts";
import { answerHealth, answerReady } from "./answer-health.ts";
import { answerLog } from "./answer-log.ts";
import { answerNextPool } from "./answer-next-pool.ts";
import { answerPicture } from "./answer-picture.ts";
import { answerText } from "./bare-answers.ts";
import { type Answer, guardAnswer } from "./guard-answer.ts";
import type { LiveAnswer } from "./live-streams.ts";

/** The streams, each with all who listen to it. */
export interface StreamAnswers {
  live: LiveAnswer;
  feed: Answer;
}

type NamedAnswer = (
  request: IncomingMessage,
  response: ServerResponse,
  asked: { id: number; uuid: string; session: Session | null },
) => unknown;

/** What may stand for `[id]` in a pattern, and for `[uuid]`. */
const number = "(\\d{1,15})";
const uuid = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";
const expressions = (Object.keys(bareAccess) as BarePattern[]).map((pattern) => ({
  pattern,
  expression: new RegExp(`^${pattern.replace("[id]", number).replace("[uuid]", uuid)}$`),
}));

/**
 * The paths that the bare server answers itself, each guarded by the table, all of them to be read only. Null for
 * everything that Next answers.
 */
export function findAnswer(path: string, streams: StreamAnswers): Answer | null {
  const answers: Record<BarePattern, NamedAnswer> = {
    "/healthz": answerHealth,
    "/readyz": answerReady,
    "/api/live": (request, response, { session }) =>
      session !== null && streams.live(request, response, session.user.id),
    "/api/feed/live": (request, response) => streams.feed(request, response),
    "/api/note-pictures/[uuid]": (request, response, asked) => answerPicture(request, response, asked.uuid),
    "/api/deployments/[id]/log": (request, response, { id }) => answerLog(request, response, id),
    "/api/service-environments/[id]/next-pool": (request, response, { id }) =>
      answerNextPool(request, response, id),
  };
  for (const { pattern, expression } of expressions) {
    const match = expression.exec(path);
    if (match === null) continue;
    const [, part = ""] = match;
    return guardAnswer(pattern, (request, response, session) =>
      request.method === "GET" || request.method === "HEAD"
        ? answers[pattern](request, response, { id: Number(part), uuid: part, session })
        : answerText(response, 405, "This can only be read.", { allow: "GET, HEAD" }),
    );
  }
  return null;
}
