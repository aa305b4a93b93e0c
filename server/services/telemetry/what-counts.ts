/**
 * A request may be told of twice: by a span and in a metric, by a transaction and in a session. Metrics and sessions count
 * every request, spans and transactions often a sample; so these count where those are told of, and the others where not.
 */
export class WhatCounts {
  private readonly spansAt = new Heard();
  private readonly metricsAt = new Heard();
  private readonly firstMetricsAt = new Heard();
  private readonly sessionsAt = new Heard();

  /** Notes that spans of this process are told of; whether they count. `now` in seconds. */
  spans(serviceEnvironmentId: number, instanceId: string, now: number): boolean {
    const key = `${serviceEnvironmentId} ${instanceId}`;
    if (this.metricsAt.wasHeard(key, now)) return false;
    this.spansAt.note(key, now);
    return true;
  }

  /** Notes that metrics of this process are told of; whether these are the first, and its spans counted until now. */
  metrics(serviceEnvironmentId: number, instanceId: string, now: number): boolean {
    const key = `${serviceEnvironmentId} ${instanceId}`;
    if (!this.metricsAt.wasHeard(key, now)) this.firstMetricsAt.note(key, now);
    this.metricsAt.note(key, now);
    return this.firstMetricsAt.wasHeard(key, now, firstSeconds) && this.spansAt.wasHeard(key, now);
  }

  /** Whether sessions are told of, from now on where `isTold`. */
  sessions(serviceEnvironmentId: number, now: number, isTold: boolean): boolean {
    const key = String(serviceEnvironmentId);
    if (isTold) this.sessionsAt.note(key, now);
    return this.sessionsAt.wasHeard(key, now);
  }
}

/** Metrics are told once a minute by default, and some less often. */
const rememberedSeconds = 10 * 60;
/** One body has the first points of all series. */
const firstSeconds = 2;
const mostRemembered = 10_000;

class Heard {
  private readonly at = new Map<string, number>();

  note(key: string, now: number): void {
    this.at.delete(key);
    this.at.set(key, now);
    if (this.at.size <= mostRemembered) return;
    const [oldest] = this.at.keys();
    if (oldest !== undefined) this.at.delete(oldest);
  }

  wasHeard(key: string, now: number, within = rememberedSeconds): boolean {
    const at = this.at.get(key);
    return at !== undefined && at > now - within;
  }
}
