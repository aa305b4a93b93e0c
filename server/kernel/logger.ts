import pino from "pino";
import { loggableError } from "./loggable-error.ts";

export type Logger = pino.Logger;

/** One JSON object a line on standard output. Whatever could hold a secret is blanked by its name; errors lose the values of queries. */
export function openLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    serializers: { err: loggableError },
    redact: {
      paths: ["*.password", "*.token", "*.secret", "*.cookie", "*.authorization", "*.databaseUrl"],
      censor: "[hidden]",
    },
  });
}
