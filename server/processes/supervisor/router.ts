import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { repositoryRoot } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";
import { inheritedSocketFlag } from "../traffic-router/shared-port.ts";
import { standByFlag } from "../traffic-router/stand-by.ts";
import type { HeldSocket } from "./held-socket.ts";
import { endByRunFile, readRunFile } from "./run-file.ts";

export interface RouterSettings {
  /** From 1. */
  number: number;
  /** No other serves while it is down: its next life is loaded already, and waits. */
  isLone: boolean;
  port: number;
  /** What it inherits; null where it listens for itself. */
  socket: HeldSocket | null;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** Written by the router itself. */
  runFile: string;
  say(line: string): void;
}

export interface Router {
  adopted: boolean;
  /** Why it does not run yet; it is tried again. Null where it does. */
  failure: Error | null;
  /** Goes on serving; only nobody starts it again from here on. Resolves when a start under way is over. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

const readyWithinMs = 30_000;
const stopWithinMs = 15_000;
/** While a lone router is down nothing is served. */
const watchEveryMs = 50;
/** A start of everything has better things to do first. */
const standInAfterMs = 2_000;
const shortestPauseMs = 1_000;
const longestPauseMs = 15_000;

export const routerTitle = (number: number) => (number === 1 ? "traffic-router" : `traffic-router ${number}`);

/** Adopts the router that outlived the last start, or starts one; it is started again whenever it dies. */
export async function startRouter(settings: RouterSettings): Promise<Router> {
  const found = readRunFile(settings.runFile);
  const adopted = found !== null && found.port === settings.port;
  if (found !== null && !adopted) await endByRunFile(settings.runFile, stopWithinMs);
  const standIn = new StandIn(settings);
  const failure = adopted ? null : await attempt(settings, standIn);
  const watch = watchRouter(settings, standIn, failure);
  return {
    adopted,
    failure,
    leave: watch.end,
    async stop() {
      await watch.end();
      await endByRunFile(settings.runFile, stopWithinMs);
    },
  };
}

/** It is not our child, or may not be for long: its end is seen by looking. */
function watchRouter(
  settings: RouterSettings,
  standIn: StandIn,
  failure: Error | null,
): { end(): Promise<void> } {
  let starting: Promise<void> | null = null;
  let lastFailure = failure;
  let pauseMs = shortestPauseMs;
  let notBeforeMs = failure === null ? 0 : performance.now() + pauseMs;
  const startAgain = async () => {
    const before = lastFailure;
    lastFailure = await attempt(settings, standIn);
    pauseMs = lastFailure === null ? shortestPauseMs : Math.min(pauseMs * 2, longestPauseMs);
    notBeforeMs = lastFailure === null ? 0 : performance.now() + pauseMs;
    // Such as on a full disk: it is tried again, and spoken of once.
    if (lastFailure !== null && before === null) settings.say(lastFailure.message);
    if (lastFailure === null && before !== null) settings.say(`${routerTitle(settings.number)} runs now.`);
  };
  const timer = setInterval(() => {
    if (starting !== null || performance.now() < notBeforeMs) return;
    if (readRunFile(settings.runFile) !== null) return standIn.prepare();
    if (lastFailure === null) {
      settings.say(`${routerTitle(settings.number)} ended; starting it again. Log: ${settings.logFile}`);
    }
    starting = startAgain().finally(() => {
      starting = null;
    });
  }, watchEveryMs);
  return {
    async end() {
      clearInterval(timer);
      await starting;
      standIn.end();
    },
  };
}

/** A router that has loaded what takes most of its start, and waits to be called. */
class StandIn {
  private readonly settings: RouterSettings;
  private child: ChildProcess | null = null;
  private preparesAtMs = performance.now() + standInAfterMs;

  constructor(settings: RouterSettings) {
    this.settings = settings;
  }

  /** Where one is wanted, and some time after the last was called. */
  prepare(): void {
    if (!this.settings.isLone || this.child !== null || performance.now() < this.preparesAtMs) return;
    this.child = spawnRouter(this.settings, { isStandingBy: true });
    const gone = () => {
      this.child = null;
      this.preparesAtMs = performance.now() + longestPauseMs;
    };
    this.child.once("error", gone).once("exit", gone);
    this.child.stdin?.on("error", () => undefined);
  }

  /** Null where none waits. */
  call(): ChildProcess | null {
    const { child } = this;
    if (child === null) return null;
    child.removeAllListeners("exit");
    child.stdin?.end("serve\n");
    this.child = null;
    this.preparesAtMs = performance.now() + standInAfterMs;
    return child;
  }

  end(): void {
    this.child?.kill();
  }
}

async function attempt(settings: RouterSettings, standIn: StandIn): Promise<Error | null> {
  try {
    await launch(settings, standIn.call() ?? spawnRouter(settings));
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function launch(settings: RouterSettings, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  for (;;) {
    const running = readRunFile(settings.runFile);
    if (running?.pid === child.pid && running?.isReady === true) return;
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > deadline) break;
    await delay(25);
  }
  const tail = readFileSync(settings.logFile, "utf8").trimEnd().split("\n").slice(-6).join("\n");
  throw new UserError(
    `${routerTitle(settings.number)} did not start. The last lines of ${settings.logFile}:\n\n${tail}`,
  );
}

/** Outside our group, its output in a file: it goes on serving when this process is gone. */
function spawnRouter(settings: RouterSettings, { isStandingBy = false } = {}): ChildProcess {
  const log = openSync(settings.logFile, "a", 0o600);
  const script = join(repositoryRoot, "server/processes/traffic-router.ts");
  const { socket } = settings;
  const parameters = [
    "--disable-warning=ExperimentalWarning",
    script,
    ...(isStandingBy ? [standByFlag] : []),
    ...(socket === null ? [] : [inheritedSocketFlag]),
  ];
  const child = spawn(process.execPath, parameters, {
    cwd: repositoryRoot,
    detached: true,
    stdio: [isStandingBy ? "pipe" : "ignore", log, log, ...(socket === null ? [] : [socket.fd])],
    env: { ...settings.environment, ANYTIME_ROUTER_NUMBER: String(settings.number) },
  });
  closeSync(log);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}
