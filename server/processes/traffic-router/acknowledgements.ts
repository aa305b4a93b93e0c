import { messageOf } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { Acknowledgement } from "#server/services/traffic/acknowledge.ts";
import type { Route } from "#server/services/traffic/route.ts";
import type { RouteTable } from "./route-table.ts";
import type { ServiceRoute } from "./service-route.ts";

const drainReportMs = 200;
const retryMs = 250;

/**
 * Tells the database which generation this router serves and how much is still open to old pools. A route is on disk
 * before it is acknowledged: a router that starts without a database must not point where it promised not to.
 */
export class Acknowledgements {
  private readonly table: RouteTable;
  private readonly save: () => Promise<void>;
  private readonly send: (acknowledgements: Acknowledgement[]) => Promise<void>;
  private readonly logger: Logger;
  private readonly due = new Set<number>();
  private readonly draining = new Set<ServiceRoute>();
  private flushing = false;
  private reporting: NodeJS.Timeout | null = null;
  private retry: NodeJS.Timeout | null = null;

  constructor(parts: {
    table: RouteTable;
    save: () => Promise<void>;
    send: (acknowledgements: Acknowledgement[]) => Promise<void>;
    logger: Logger;
  }) {
    this.table = parts.table;
    this.save = parts.save;
    this.send = parts.send;
    this.logger = parts.logger;
  }

  /** These routes have been applied. */
  moved(routes: Route[]): void {
    for (const route of routes) this.due.add(route.serviceEnvironmentId);
    void this.flush();
  }

  /** The last request to an old pool has ended: whoever waits for it should hear at once. */
  drained(service: ServiceRoute): void {
    if (!this.draining.delete(service)) return;
    this.due.add(service.route.serviceEnvironmentId);
    void this.flush();
  }

  /** Instances changed, which nobody waits for. */
  refreshed(): void {
    void this.saveOrSay();
  }

  close(): void {
    if (this.reporting !== null) clearInterval(this.reporting);
    if (this.retry !== null) clearTimeout(this.retry);
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    while (this.due.size > 0 && this.retry === null) await this.flushDue();
    this.flushing = false;
  }

  private async flushDue(): Promise<void> {
    const ids = [...this.due];
    this.due.clear();
    // Read before the save, so that nothing is acknowledged that is newer than what is on disk.
    const acknowledgements = ids.flatMap((id) => this.acknowledgementOf(id));
    await this.saveOrSay();
    try {
      await this.send(acknowledgements);
    } catch (error) {
      this.logger.warn(`Acknowledging failed and is repeated: ${messageOf(error)}`);
      for (const id of ids) this.due.add(id);
      this.retry = setTimeout(() => {
        this.retry = null;
        void this.flush();
      }, retryMs);
    }
  }

  private async saveOrSay(): Promise<void> {
    try {
      await this.save();
    } catch (error) {
      this.logger.warn(`The state file cannot be written: ${messageOf(error)}`);
    }
  }

  private acknowledgementOf(id: number): Acknowledgement[] {
    const service = this.table.get(id);
    if (service === undefined) return [];
    const openToOldPools = service.openToOldPools();
    if (openToOldPools > 0) this.reportWhileOpen(service);
    return [{ serviceEnvironmentId: id, generation: service.route.generation, openToOldPools }];
  }

  private reportWhileOpen(service: ServiceRoute): void {
    this.draining.add(service);
    this.reporting ??= setInterval(() => this.report(), drainReportMs);
  }

  private report(): void {
    for (const service of this.draining) this.due.add(service.route.serviceEnvironmentId);
    if (this.draining.size > 0) {
      void this.flush();
    } else if (this.reporting !== null) {
      clearInterval(this.reporting);
      this.reporting = null;
    }
  }
}
