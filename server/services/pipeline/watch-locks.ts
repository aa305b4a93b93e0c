import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { LockProblem } from "#server/domain/lock-words.ts";
import { addSample, type MigrationLock, noLocks, recordedLocks } from "#server/domain/migration-locks.ts";
import type { Confinement } from "#server/kernel/confinement.ts";
import type { Marks } from "#server/kernel/process-identity.ts";
import { ownProgramFor } from "#server/kernel/program-under.ts";
import type { Account } from "#server/kernel/service-accounts.ts";
import { lockReportSchema, type WatchOrder } from "./lock-report.ts";

export interface LockWatch {
  /** Ends it at once, whatever it is at. Never rejects. */
  end(): Promise<WatchedLocks>;
}

/** What was seen; with a problem, up to it. Null where nothing was. */
export type WatchedLocks =
  | { locks: MigrationLock[]; problem: LockProblem | null }
  | { locks: null; problem: LockProblem };

const file = fileURLToPath(new URL("./lock-watcher.ts", import.meta.url));
/** One that has not told anything for so long did not see the end. */
const staleAfterMs = 2_000;

/**
 * Starts a process that looks at the locks of a migration's sessions, and waits for nothing. What cannot be done is told
 * at the end.
 */
export function watchLocks(options: {
  address: string;
  applicationName: string;
  account: Account;
  confine: () => Confinement;
  /** In its environment, so that it is found if this process is gone. */
  marks: Marks;
}): LockWatch {
  const { account, address, applicationName } = options;
  const record = new Reports();
  let confinement: Confinement | null = null;
  let child: ChildProcess | null = null;
  try {
    confinement = options.confine();
    child = launch(account, confinement, options.marks);
    follow(child, record);
    enter(child, confinement, { address, applicationName, account });
  } catch {
    // A migration runs as well without: that nobody looks is told at its end.
    record.hasEnded = true;
  }
  return {
    async end() {
      const watched = record.close();
      // What it may leave is found by its marks: no reason to fail a migration.
      await endWatcher(child, confinement).catch(() => undefined);
      return watched;
    },
  };
}

function launch(account: Account, confinement: Confinement, marks: Marks): ChildProcess {
  const {
    file: program,
    parameters,
    options,
  } = confinement.gate(ownProgramFor(account, [process.execPath, file]));
  return spawn(program, parameters, {
    ...options,
    stdio: ["ignore", "ignore", "ignore", "pipe", "ipc"],
    env: { ...marks, NODE_ENV: "production", PATH: process.env.PATH },
  });
}

function follow(child: ChildProcess, record: Reports): void {
  child.on("message", (message) => record.add(message));
  const ended = () => {
    record.hasEnded = true;
  };
  child.on("error", ended);
  child.once("exit", ended);
  child.stdio[3]?.on("error", ended);
}

function enter(child: ChildProcess, confinement: Confinement, order: WatchOrder): void {
  if (child.pid === undefined) return;
  confinement.admit(child.pid);
  (child.stdio[3] as Writable).write("\n");
  child.send(order);
}

async function endWatcher(child: ChildProcess | null, confinement: Confinement | null): Promise<void> {
  const isRunning = child?.pid !== undefined && child.exitCode === null && child.signalCode === null;
  if (child !== null && isRunning) {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    if (child.connected) child.disconnect();
    await exited;
  }
  child?.stdio[3]?.destroy();
  await confinement?.clear();
}

/** What it has told so far. */
class Reports {
  hasEnded = false;
  #locks = noLocks;
  #hasSeenSession = false;
  #problem: LockProblem | null = null;
  #toldAtMs = Number.NEGATIVE_INFINITY;

  add(message: unknown): void {
    const read = lockReportSchema.safeParse(message);
    if (!read.success) this.#problem = { kind: "refused", code: "UNREADABLE" };
    else if (read.data.kind === "problem") this.#problem = { kind: "refused", code: read.data.code };
    else {
      this.#problem = null;
      this.#toldAtMs = performance.now();
      this.#hasSeenSession ||= read.data.sessions > 0;
      this.#locks = addSample(this.#locks, read.data);
    }
  }

  close(): WatchedLocks {
    const cut = this.#whatCutItShort();
    if (!this.#hasSeenSession) return { locks: null, problem: cut ?? { kind: "no-session" } };
    return { locks: recordedLocks(this.#locks), problem: cut };
  }

  #whatCutItShort(): LockProblem | null {
    if (performance.now() - this.#toldAtMs < staleAfterMs && this.#problem === null) return null;
    return this.#problem ?? { kind: this.hasEnded ? "ended" : "no-answer" };
  }
}
