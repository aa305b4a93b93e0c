import { createServer } from "node:net";
import type { ProcessSettings } from "#server/domain/service-settings.ts";
import { howItEnded } from "#server/kernel/out-of-memory.ts";
import type { Output } from "./output.ts";
import { runCommand } from "./run-command.ts";

export interface TrialInstance {
  host: string;
  port: number;
  /** How it ended, in words, once it has. */
  over: Promise<string>;
}

/**
 * Starts one instance of what was packed, on a free port, until `signal` ends it. It is told what the portal's
 * instances are told, and lives no longer than this process.
 */
export async function startForTrial(run: {
  settings: Pick<ProcessSettings, "start" | "env">;
  folder: string;
  environment: Record<string, string>;
  serviceSlug: string;
  environmentSlug: string;
  output: Output;
  signal: AbortSignal;
}): Promise<TrialInstance> {
  const host = "127.0.0.1";
  const port = await freePort(host);
  run.output.note(`$ ${run.settings.start}`);
  const env = {
    ...run.environment,
    ...run.settings.env,
    PORT: String(port),
    HOST: host,
    ANYTIME_RELEASE: "local",
    ANYTIME_SERVICE: run.serviceSlug,
    ANYTIME_ENVIRONMENT: run.environmentSlug,
    ANYTIME_POOL: "blue",
    ANYTIME_INSTANCE: "1",
  };
  const { signal, output } = run;
  const over = runCommand({
    command: run.settings.start,
    cwd: run.folder,
    env,
    timeoutMs: null,
    signal,
    onOutput: (chunk) => output.write(chunk),
  }).then(howItEnded);
  return { host, port, over };
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}
