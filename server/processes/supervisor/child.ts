import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "#server/kernel/env.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import { removeRunFile, writeRunFile } from "./run-file.ts";

export type ChildName = "web" | "deploy-worker" | "monitor";

export interface ChildSettings {
  name: ChildName;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  runFile: string;
  /** Told when it died and when it is started again. */
  say(line: string): void;
}

export interface Child {
  /** Sends the message and waits for the end; KILL when it takes longer than its bound. */
  stop(message: Record<string, unknown>): Promise<void>;
}

const readyWithinMs = 60_000;
const stopWithinMs = 20_000;
const shortestPauseMs = 500;
const longestPauseMs = 15_000;

/** Starts one process and keeps it running: one that dies is started again, after pauses that grow while it keeps dying. */
export async function startChild(settings: ChildSettings): Promise<Child> {
  let current = launch(settings);
  let stopping = false;
  let pauseMs = shortestPauseMs;
  let timer: NodeJS.Timeout | undefined;
  const watch = (child: ChildProcess) => child.once("exit", (code, signal) => onExit(code, signal));
  const onExit = (code: number | null, signal: string | null) => {
    if (stopping) return;
    settings.say(
      `${settings.name} ended (${signal ?? `exit code ${code}`}); starting it again. Log: ${settings.logFile}`,
    );
    timer = setTimeout(startAgain, pauseMs);
  };
  const startAgain = () => {
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    try {
      current = launch(settings);
    } catch (error) {
      // Such as on a full disk: there may be room again later.
      settings.say(`${settings.name} could not be started: ${messageOf(error)}. It is tried again.`);
      timer = setTimeout(startAgain, pauseMs);
      return;
    }
    watch(current);
    current.once("message", () => {
      pauseMs = shortestPauseMs;
    });
  };
  await untilReady(current, settings);
  watch(current);
  return {
    async stop(message) {
      stopping = true;
      clearTimeout(timer);
      await end(current, message);
      removeRunFile(settings.runFile);
    },
  };
}

/** In a process group of its own: a terminal's Ctrl-C reaches the supervisor alone, which then ends them in order. */
function launch(settings: ChildSettings): ChildProcess {
  const log = openSync(settings.logFile, "a", 0o600);
  const script = join(repositoryRoot, "server/processes", `${settings.name}.ts`);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", script], {
    cwd: repositoryRoot,
    detached: true,
    stdio: ["ignore", log, log, "ipc"],
    env: settings.environment,
  });
  closeSync(log);
  try {
    if (child.pid !== undefined) writeRunFile(settings.runFile, child.pid);
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
  return child;
}

function untilReady(child: ChildProcess, settings: ChildSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => {
      const tail = readFileSync(settings.logFile, "utf8").trimEnd().split("\n").slice(-12).join("\n");
      reject(new UserError(`${settings.name} ${what}. The last lines of ${settings.logFile}:\n\n${tail}`));
    };
    const timer = setTimeout(() => fail("was not ready within a minute"), readyWithinMs);
    child.once("error", (error) => fail(`could not be started: ${error.message}`));
    child.once("exit", (code) => fail(`ended with exit code ${code}`));
    child.once("message", () => {
      clearTimeout(timer);
      child.removeAllListeners("exit");
      resolve();
    });
  });
}

async function end(child: ChildProcess, message: Record<string, unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  if (child.connected) child.send(message);
  else child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
  await exited;
  clearTimeout(timer);
}
