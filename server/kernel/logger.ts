import { writeSync } from "node:fs";
import pino from "pino";
import { loggableError } from "./loggable-error.ts";

export type Logger = pino.Logger;

/** One JSON object a line on standard output. Whatever could hold a secret is blanked by its name; errors lose the values of queries. */
export function openLogger(name: string, level: string): Logger {
  const options = {
    name,
    level,
    serializers: { err: loggableError },
    redact: {
      paths: ["*.password", "*.token", "*.secret", "*.cookie", "*.authorization", "*.databaseUrl"],
      censor: "[hidden]",
    },
  };
  return pino(options, { write: writeLine });
}

const standardOutput = 1;
const mostWaits = 50;
const waitMs = 2;

/** A line that there is no room for is lost: pino's own output would try for ever, and nothing else would go on. */
function writeLine(line: string): void {
  for (let waits = 0; waits < mostWaits; waits += 1) {
    try {
      writeSync(standardOutput, line);
      return;
    } catch (error) {
      // A pipe whose reader is slow has room again soon.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  }
}
