import { randomUUID } from "node:crypto";
import type { Logger } from "./logger.ts";

/** What is shown of an error that nobody foresaw: the id under which it was logged, and nothing of itself. */
export class UnknownError extends Error {
  override name = "UnknownError";
  readonly errorId: string;
  constructor() {
    const errorId = randomUUID().slice(0, 8);
    super(`Something went wrong (id ${errorId}). The log of the portal has the details under this id.`);
    this.errorId = errorId;
  }
}

/** Logs it under a fresh id. */
export function logUnknown(logger: Logger, err: unknown, facts: Record<string, unknown>): UnknownError {
  const unknown = new UnknownError();
  logger.error({ ...facts, errorId: unknown.errorId, err }, "unknown error");
  return unknown;
}
