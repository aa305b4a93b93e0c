import { messageOf } from "./errors.ts";

/** The reason alone: the query that the error quotes is the same each time and of no use to an operator. */
export function databaseProblem(error: unknown): string {
  return messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
