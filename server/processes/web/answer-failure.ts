import type { IncomingMessage, ServerResponse } from "node:http";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { tellOfDatabase } from "#server/kernel/tell-of-database.ts";
import { logUnknown } from "#server/kernel/unknown-error.ts";
import { answerText } from "./bare-answers.ts";
import { loggablePath } from "./refuse-token-in-url.ts";

/** For whatever an answer threw: a browser asks again by itself where only the database was away. */
export function answerFailure(
  error: unknown,
  exchange: { request: IncomingMessage; response: ServerResponse; logger: Logger },
): void {
  const { request, response, logger } = exchange;
  const isAway = isDatabaseAway(error);
  const message = isAway
    ? tellOfDatabase(error)
    : logUnknown(logger, error, { path: loggablePath(request) }).message;
  // Cut off: a reader must not take half an answer for the whole.
  if (response.headersSent) response.destroy();
  else if (isAway) answerText(response, 503, message, { "retry-after": "5", refresh: "5" });
  else answerText(response, 500, message);
}
