import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import type { Confinement } from "#server/kernel/confinement.ts";
import { endProcess, killLeftBehind, type Leader } from "#server/kernel/end-process.ts";
import { countMemoryKills, type Ended } from "#server/kernel/out-of-memory.ts";
import { type Marks, startTimeOf } from "#server/kernel/process-identity.ts";
import { programUnder } from "#server/kernel/program-under.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { followOutput } from "./follow-output.ts";

export interface CommandRun {
  /** One command line for `/bin/sh`. */
  command: string;
  cwd: string;
  /** The whole environment but for the command's own mark: nothing is inherited. */
  env: Record<string, string>;
  /** Whom it runs as; where left out, as this process itself. */
  account?: Account | undefined;
  /** Opens what holds it within its limits; where left out, nothing does. */
  confine?: (() => Confinement) | undefined;
  /** Null means no limit. */
  timeoutMs: number | null;
  signal?: AbortSignal | undefined;
  /** Standard output and standard error in the order in which they came. What it returns is awaited. */
  onOutput(chunk: Buffer): void | Promise<void>;
}

export interface CommandResult extends Ended {
  timedOut: boolean;
  durationMs: number;
}

/**
 * The outer shell joins both outputs, and leaves a watcher in the group: file 3 ends when the portal's process is
 * gone, however it went, and nothing may go on building then.
 */
const launcher = '(read -r _ <&3; kill -KILL 0) & exec 3<&-; exec /bin/sh -c "$1" 2>&1';

const markVariable = "ANYTIME_COMMAND";
/** A worker that lost its lease says so three seconds before another may take it: all must be over by then. */
const graceMs = 2_000;

/**
 * Runs a command in a process group of its own; no process of it outlives the call, unless nothing confines it and it
 * left the group and wiped its environment. On timeout or abort all of them get TERM, then KILL. An abort is no error: look at the signal.
 * Rejects where the command cannot be started.
 */
export async function runCommand(run: CommandRun): Promise<CommandResult> {
  run.signal?.throwIfAborted();
  const startedAt = performance.now();
  const memoryKillsBefore = countMemoryKills();
  const marks = { [markVariable]: randomUUID() };
  const confinement = run.confine?.() ?? null;
  const child = launch(run, marks, confinement);
  const { pid } = child;
  const leader = pid === undefined ? null : { pid, startedAt: startTimeOf(pid) ?? "gone", marks };
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const ending = endWhenDue(leader, run);
  const output = followOutput(child.stdout, run.onOutput, ending.end);
  try {
    if (pid !== undefined && confinement !== null) enter(confinement, child, pid);
    const [exitCode, signal] = await exited;
    await ending.stop();
    const hits = confinement?.hits() ?? null;
    if (leader !== null) await killLeftBehind(leader);
    await confinement?.clear();
    await output.drained();
    const durationMs = performance.now() - startedAt;
    return { exitCode, signal, memoryKillsBefore, hits, timedOut: ending.timedOut(), durationMs };
  } finally {
    await ending.stop();
    child.stdio[3]?.destroy();
    await confinement?.clear();
  }
}

/** Opens the gate once it is held within its limits. One that cannot be does not run. */
function enter(confinement: Confinement, child: ChildProcess, pid: number): void {
  try {
    confinement.admit(pid);
    (child.stdio[3] as Writable).write("\n");
  } catch (error) {
    child.stdio[3]?.destroy();
    throw error;
  }
}

function launch(
  run: CommandRun,
  marks: Marks,
  confinement: Confinement | null,
): ChildProcess & { stdout: Readable } {
  const shell = ["/bin/sh", "-c", launcher, "sh", run.command] as const;
  const program = programUnder(run.account ?? null, run.cwd, shell);
  const { file, parameters, options } = confinement?.gate(program) ?? program;
  const child = spawn(file, parameters, {
    ...options,
    env: { ...run.env, ...marks } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "ignore", "pipe"],
    detached: true,
  });
  const { stdout } = child;
  if (stdout === null) throw new Error("The command has no output to read.");
  return Object.assign(child, { stdout });
}

interface Ending {
  end(): void;
  timedOut(): boolean;
  /** No longer needed; waits for an end that has begun. */
  stop(): Promise<void>;
}

function endWhenDue(leader: Leader | null, run: CommandRun): Ending {
  let ended: Promise<void> | null = null;
  let isTimeout = false;
  const end = () => {
    if (leader !== null) ended ??= endProcess(leader, graceMs);
  };
  const onTimeout = () => {
    isTimeout = true;
    end();
  };
  const timer = run.timeoutMs === null ? undefined : setTimeout(onTimeout, run.timeoutMs);
  run.signal?.addEventListener("abort", end, { once: true });
  return {
    end,
    timedOut: () => isTimeout,
    async stop() {
      clearTimeout(timer);
      run.signal?.removeEventListener("abort", end);
      await ended;
    },
  };
}
