import type { IncomingMessage, ServerResponse } from "node:http";
import { type BarePattern, bareAccess } from "#server/api/access.ts";
import { answerHealth, answerReady } from "./answer-health.ts";
import { answerLog } from "./answer-log.ts";
import { type Answer, guardAnswer } from "./guard-answer.ts";

type NumberedAnswer = (request: IncomingMessage, response: ServerResponse, id: number) => unknown;

/** `[id]` in a pattern is a number of at most 15 digits. */
const expressions = (Object.keys(bareAccess) as BarePattern[]).map((pattern) => ({
  pattern,
  expression: new RegExp(`^${pattern.replace("[id]", "(\\d{1,15})")}$`),
}));

/** The paths that the bare server answers itself, each guarded by the table. Null for everything that Next answers. */
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
    return guardAnswer(pattern, (request, response) => answers[pattern](request, response, Number(match[1])));
  }
  return null;
}
