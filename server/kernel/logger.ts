import pino from "pino";

export type Logger = pino.Logger;

/** One JSON object a line on standard output. Whatever could hold a secret is blanked by its name. */
export function openLogger(name: string, level: string): Logger {
  return pino({
    name,
    level,
    redact: {
      paths: ["*.password", "*.token", "*.secret", "*.cookie", "*.authorization", "*.databaseUrl"],
      censor: "[hidden]",
    },
  });
}
