import type { IncomingMessage, ServerResponse } from "node:http";
import { type BarePattern, bareAccess } from "#server/api/access.ts";
import { answerHealth, answerReady } from "./answer-health.ts";
import { answerLog } from "./answer-log.ts";
import { answerText } from "./bare-answers.ts";
import { type Answer, guardAnswer } from "./guard-answer.ts";

type NumberedAnswer = (request: IncomingMessage, response: ServerResponse, id: number) => unknown;

/** `[id]` in a pattern is a number of at most 15 digits. */
const expressions = (Object.keys(bareAccess) as BarePattern[]).map((pattern) => ({
  pattern,
  expression: new RegExp(`^${pattern.replace("[id]", "(\\d{1,15})")}$`),
}));

/**
 * The paths that the bare server answers itself, each guarded by the table, all of them to be read only. Null for
 * everything that Next answers.
 */
export function findAnswer(path: string, answerLive: Answer): Answer | null {
  const answers: Record<BarePattern, NumberedAnswer> = {
    "/healthz": answerHealth,
    "/readyz": answerReady,
    "/api/live": answerLive,
    "/api/deployments/[id]/log": answerLog,
  };
  for (const { pattern, expression } of expressions) {
    const match = expression.exec(path);
    if (match === null) continue;
    const id = Number(match[1]);
    return guardAnswer(pattern, (request, response) =>
      request.method === "GET" || request.method === "HEAD"
        ? answers[pattern](request, response, id)
        : answerText(response, 405, "This can only be read.", { allow: "GET, HEAD" }),
    );
  }
  return null;
}
