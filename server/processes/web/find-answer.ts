import type { IncomingMessage, ServerResponse } from "node:http";
import { answerHealth, answerReady } from "./answer-health.ts";
import { answerLog } from "./answer-log.ts";
import { answerText } from "./bare-answers.ts";

export type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The paths that the bare server answers itself, all of them to be read only. Null for everything that Next answers. */
export function findAnswer(path: string, answerLive: Answer): Answer | null {
  const answer = answerAt(path, answerLive);
  if (answer === null) return null;
  return (request, response) =>
    request.method === "GET" || request.method === "HEAD"
      ? answer(request, response)
      : answerText(response, 405, "This can only be read.", { allow: "GET, HEAD" });
}

function answerAt(path: string, answerLive: Answer): Answer | null {
  if (path === "/healthz") return answerHealth;
  if (path === "/readyz") return answerReady;
  if (path === "/api/live") return answerLive;
  const id = /^\/api\/deployments\/(\d{1,15})\/log$/.exec(path)?.[1];
  return id === undefined ? null : (request, response) => answerLog(request, response, Number(id));
}
