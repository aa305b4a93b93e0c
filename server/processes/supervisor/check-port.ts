import { createServer } from "node:net";
import { UserError } from "#server/kernel/errors.ts";

/** Throws UserError, before anything is started, where something else listens on the port. */
export function checkPortIsFree(host: string, port: number, variable: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is in use" : `cannot be listened on (${error.message})`;
      reject(new UserError(`Port ${port} ${reason}. Set ${variable} to another one. Nothing was started.`));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
