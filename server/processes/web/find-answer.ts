import { answerHealth, answerReady } from "./answer-health.ts";
import { answerLog } from "./answer-log.ts";
import { type Answer, guardAnswer } from "./guard-answer.ts";

/** The paths that the bare server answers itself. Null for everything that Next answers. */
export function findAnswer(path: string, answerLive: Answer): Answer | null {
  if (path === "/healthz") return guardAnswer("/healthz", answerHealth);
  if (path === "/readyz") return guardAnswer("/readyz", answerReady);
  if (path === "/api/live") return guardAnswer("/api/live", answerLive);
  const id = /^\/api\/deployments\/(\d{1,15})\/log$/.exec(path)?.[1];
  if (id === undefined) return null;
  return guardAnswer("/api/deployments/[id]/log", (request, response) =>
    answerLog(request, response, Number(id)),
  );
}
