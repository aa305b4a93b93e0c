import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "#server/kernel/logger.ts";
import { loggablePath } from "./refuse-token-in-url.ts";

/** One line a request, without its query, headers or body: they may hold what nobody should read. */
export function logRequest(request: IncomingMessage, response: ServerResponse, logger: Logger): void {
  const startedAt = performance.now();
  response.once("close", () => {
    const facts = {
      method: request.method,
      path: loggablePath(request),
      status: response.statusCode,
      durationMs: Math.round(performance.now() - startedAt),
    };
    if (response.statusCode >= 500) logger.error(facts, "request");
    else if (request.method !== "GET") logger.info(facts, "request");
    else logger.debug(facts, "request");
  });
}
