import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { repositoryRoot } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";
import { endByRunFile, readRunFile } from "./run-file.ts";

export interface RouterSettings {
  port: number;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** Written by the router itself once it listens. */
  runFile: string;
  say(line: string): void;
}

export interface Router {
  adopted: boolean;
  /** Goes on serving; only nobody starts it again from here on. */
  leave(): void;
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;
const stopWithinMs = 15_000;
const watchEveryMs = 1_000;

/** Adopts the router that outlived the last start, or starts one; it is started again whenever it dies. */
export async function startRouter(settings: RouterSettings): Promise<Router> {
  const found = readRunFile(settings.runFile);
  const adopted = found !== null && found.port === settings.port;
  if (found !== null && !adopted) await endByRunFile(settings.runFile, stopWithinMs);
  if (!adopted) await launch(settings);
  // It is not our child, or may not be for long: its end is seen by looking.
  let busy = false;
  let isDown = false;
  let hasFailed = false;
  const timer = setInterval(() => {
    if (busy || readRunFile(settings.runFile) !== null) return;
    busy = true;
    if (!isDown) settings.say(`traffic-router ended; starting it again. Log: ${settings.logFile}`);
    isDown = true;
    void launch(settings)
      .then(
        () => {
          isDown = false;
          hasFailed = false;
        },
        // Such as on a full disk: it is tried again each second, and spoken of once.
        (error: Error) => {
          if (!hasFailed) settings.say(error.message);
          hasFailed = true;
        },
      )
      .finally(() => {
        busy = false;
      });
  }, watchEveryMs);
  return {
    adopted,
    leave: () => clearInterval(timer),
    async stop() {
      clearInterval(timer);
      await endByRunFile(settings.runFile, stopWithinMs);
    },
  };
}

/** Outside our group, its output in a file: it goes on serving when this process is gone. */
async function launch(settings: RouterSettings): Promise<void> {
  const log = openSync(settings.logFile, "a", 0o600);
  const script = join(repositoryRoot, "server/processes/traffic-router.ts");
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    cwd: repositoryRoot,
    detached: true,
    stdio: ["ignore", log, log],
    env: settings.environment,
  });
  closeSync(log);
  child.unref();
  const deadline = performance.now() + readyWithinMs;
  while (readRunFile(settings.runFile)?.pid !== child.pid) {
    if (child.exitCode !== null || performance.now() > deadline) {
      const tail = readFileSync(settings.logFile, "utf8").trimEnd().split("\n").slice(-6).join("\n");
      throw new UserError(`The router did not start. The last lines of ${settings.logFile}:\n\n${tail}`);
    }
    await delay(25);
  }
}
