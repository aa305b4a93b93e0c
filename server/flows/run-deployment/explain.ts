import { UserError } from "#server/kernel/errors.ts";

/** What a person is told of a failure. What the message quotes may hold what the database cannot store. */
export function explain(error: unknown): string {
  return tell(error).replaceAll("\0", "\uFFFD").toWellFormed();
}

/** Faults of the portal itself are logged; their text may hold queries. */
function tell(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (error instanceof Error && "syscall" in error) return `The worker's machine refused: ${error.message}.`;
  return "Something in the portal itself went wrong. The worker's log says more.";
}
