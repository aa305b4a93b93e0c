import { Agent } from "node:http";

/**
 * Idle connections are closed after this time, well before an instance would close them itself, since a request sent
 * in that moment would be lost.
 */
const idleConnectionMs = 1_000;
/** So many in a row that it did not take, or broke off before it answered: an error that it answers with is its own business. */
const ejectedAfterFailures = 3;
const firstEjectionMs = 2_000;
const longestEjectionMs = 30_000;
/** Whoever tries it for the others is waited for so long. */
const trialMs = 2_000;

export type InstanceNews = (instance: Instance, what: "ejected" | "back") => void;

/** One instance of a pool with the connections kept open to it, and whether it can be relied on. */
export class Instance {
  readonly host: string;
  readonly port: number;
  readonly agent: Agent;
  private readonly tell: InstanceNews;
  private failures = 0;
  private ejections = 0;
  private usableFromMs = 0;
  /** Left out, and asked once more: what was on its way before says nothing new. */
  private isTried = false;

  constructor(host: string, port: number, tell: InstanceNews) {
    this.host = host;
    this.port = port;
    this.tell = tell;
    this.agent = new Agent({ keepAlive: true, timeout: idleConnectionMs, maxFreeSockets: 1_024 });
  }

  /** False while it is left out. When its time is over one request tries it, and the others go on without it. */
  mayTake(): boolean {
    if (this.ejections === 0) return true;
    const nowMs = performance.now();
    if (nowMs < this.usableFromMs) return false;
    this.usableFromMs = nowMs + trialMs;
    this.isTried = true;
    return true;
  }

  answered(): void {
    this.failures = 0;
    this.isTried = false;
    if (this.ejections === 0) return;
    this.ejections = 0;
    this.tell(this, "back");
  }

  failed(): void {
    if (this.ejections > 0 && !this.isTried) return;
    this.isTried = false;
    this.failures += 1;
    if (this.failures < ejectedAfterFailures && this.ejections === 0) return;
    if (this.ejections === 0) this.tell(this, "ejected");
    this.usableFromMs =
      performance.now() + Math.min(firstEjectionMs * 2 ** this.ejections, longestEjectionMs);
    this.ejections += 1;
  }
}
