import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { leaseMarks, workspaceName } from "#server/flows/run-deployment/run.ts";
import type { Marks } from "#server/kernel/process-identity.ts";
import type { Lease } from "#server/services/deployments/lease.ts";

/** What the worker tells its watchdog: until when the steps of a lease may run; null when they need no watching. */
export interface WatchdogOrder {
  key: string;
  /** In the environment of all that the steps start. */
  marks: Marks;
  /** Milliseconds of the monotonic clock. */
  untilMs: number | null;
}

/** Well below the second by which the watchdog's end of a step comes before the lease's. */
const restartAfterMs = 250;
const file = fileURLToPath(new URL("./lease-watchdog.ts", import.meta.url));

/** Keeps a watchdog running and tells it of every lease; one that dies is started again and told anew. */
export class WatchdogLink {
  #held = new Map<string, WatchdogOrder>();
  #ownerMarks: Marks;
  #child: ChildProcess;
  #restart: NodeJS.Timeout | null = null;
  #isClosed = false;

  /** `ownerMarks` are in everything that this worker starts. */
  constructor(ownerMarks: Marks) {
    this.#ownerMarks = ownerMarks;
    this.#child = this.#start();
  }

  /** The steps of this lease are ended in so many milliseconds, unless this is called again before. */
  hold(lease: Lease, forMs: number): void {
    const untilMs = Math.floor(Number(process.hrtime.bigint()) / 1e6 + forMs);
    const order = this.#orderFor(lease, untilMs);
    this.#held.set(order.key, order);
    this.#tell(order);
  }

  release(lease: Lease): void {
    const order = this.#orderFor(lease, null);
    this.#held.delete(order.key);
    this.#tell(order);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#restart !== null) clearTimeout(this.#restart);
    if (this.#child.connected) this.#child.disconnect();
  }

  #start(): ChildProcess {
    // In a group of its own: what stops the worker's group must not stop it, too.
    const child = spawn(process.execPath, [file], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      detached: true,
      env: { NODE_ENV: "production", PATH: process.env.PATH },
    });
    // A process that could not be started, or a message to one that has just died: either way it is not there.
    child.on("error", () => this.#startLater());
    child.once("exit", () => this.#startLater());
    if (child.connected) for (const order of this.#held.values()) child.send(order);
    return child;
  }

  /** After a pause, so that one that dies at its start does not keep the machine busy. */
  #startLater(): void {
    if (this.#isClosed || this.#restart !== null) return;
    this.#restart = setTimeout(() => {
      this.#restart = null;
      if (!this.#isClosed && !this.#child.connected) this.#child = this.#start();
    }, restartAfterMs);
  }

  #orderFor(lease: Lease, untilMs: number | null): WatchdogOrder {
    return { key: workspaceName(lease), marks: { ...this.#ownerMarks, ...leaseMarks(lease) }, untilMs };
  }

  #tell(order: WatchdogOrder): void {
    if (this.#child.connected) this.#child.send(order);
  }
}
