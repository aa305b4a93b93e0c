import pino from "pino";

/** What a database error carries that may hold what nobody should read: the values of the statement and of the row. */
const valuesOf = ["params", "parameters", "args", "detail", "hint", "where", "query"] as const;

interface Described {
  type?: string;
  message: string;
  stack: string | undefined;
  [key: string]: unknown;
}

/** An error as it is logged: of a failed query its text, and no values, neither its own nor its causes'. */
export function loggableError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const own = factsOf(error);
  return error.cause instanceof Error ? { ...own, cause: loggableError(error.cause) } : own;
}

function factsOf(error: Error): Described {
  const { type, stack, message: _, ...rest } = pino.stdSerializers.err(withoutCause(error));
  const facts = Object.fromEntries(Object.entries(rest).filter(([key]) => !isValue(key) && key !== "raw"));
  const message = messageWithoutValues(error);
  return { type, message, stack: stack.replace(error.message, message), ...facts };
}

function messageWithoutValues(error: Error): string {
  const { query, code } = error as { query?: unknown; code?: unknown };
  if (typeof query === "string" && error.message.startsWith("Failed query: "))
    return `Failed query: ${query}`;
  // Class 22, data exceptions: `invalid input syntax for type bigint: "…"`.
  return /^22\w{3}$/.test(String(code)) ? error.message.replace(/: ".*$/s, "") : error.message;
}

function isValue(key: string): boolean {
  return (valuesOf as readonly string[]).includes(key);
}

/** Pino joins the texts of an error's causes to its own; here each cause is told apart. */
function withoutCause(error: Error): Error {
  return error.cause === undefined ? error : Object.create(error, { cause: { value: undefined } });
}
