import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "#server/kernel/env.ts";

export interface WorkerProcess {
  pid: number;
  /** Resolves with its exit code; null where a signal ended it. */
  exited: Promise<number | null>;
  stop(instances: "keep" | "end"): Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts the real worker as its supervisor does, and waits until it is ready. */
export async function startWorkerProcess(options: {
  databaseUrl: string;
  dataFolder: string;
  name: string;
  variables?: Record<string, string>;
  /** A command that runs the worker somewhere else; it becomes the worker by `exec`. */
  prefix?: string[];
}): Promise<WorkerProcess> {
  const logFile = join(options.dataFolder, `worker-${options.name}.log`);
  const log = openSync(logFile, "a");
  const entry = join(repositoryRoot, "server/processes/deploy-worker.ts");
  const [command, ...parameters] = [...(options.prefix ?? []), process.execPath, entry];
  const child = spawn(command ?? "", parameters, {
    stdio: ["ignore", log, log, "ipc"],
    env: {
      ...process.env,
      DATABASE_URL: options.databaseUrl,
      ANYTIME_DATA: options.dataFolder,
      ANYTIME_WORKER: options.name,
      ANYTIME_LOCAL_REPOSITORIES: options.dataFolder,
      ...options.variables,
    },
  });
  closeSync(log);
  await Promise.race([once(child, "message"), once(child, "exit").then(() => fail(logFile))]);
  const exited = once(child, "exit") as Promise<[number | null]>;
  return {
    pid: child.pid ?? 0,
    exited: exited.then(([code]) => code),
    async stop(instances) {
      if (!isOver(child)) child.send({ type: "stop", instances });
      const [code] = isOver(child) ? [child.exitCode] : await exited;
      return code;
    },
    async kill(signal) {
      child.kill(signal);
      if (signal === "SIGKILL") await exited;
    },
  };
}

function isOver(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function fail(logFile: string): never {
  throw new Error(`The worker did not get ready:\n${readFileSync(logFile, "utf8").slice(-4_000)}`);
}
