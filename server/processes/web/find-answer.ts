import type { IncomingMessage, ServerResponse } from "node:http";
import { answerHealth, answerReady } from "./answer-health.ts";
import { answerLog } from "./answer-log.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => unknown;

/** The paths that the bare server answers itself. Null for everything that Next answers. */
export function findAnswer(path: string, answerLive: Answer): Answer | null {
  if (path === "/healthz") return answerHealth;
  if (path === "/readyz") return answerReady;
  if (path === "/api/live") return answerLive;
  const id = /^\/api\/deployments\/(\d{1,15})\/log$/.exec(path)?.[1];
  return id === undefined ? null : (request, response) => answerLog(request, response, Number(id));
}
