import type { ServiceRoute } from "./service-route.ts";

const reportEveryMs = 200;

/** Reports services while requests are open to their old pools, and at once when the last has ended. */
export class DrainReports {
  private readonly report: (services: ServiceRoute[]) => void;
  private readonly draining = new Set<ServiceRoute>();
  private timer: NodeJS.Timeout | null = null;

  constructor(report: (services: ServiceRoute[]) => void) {
    this.report = report;
  }

  watch(services: ServiceRoute[]): void {
    for (const service of services) {
      if (service.isDraining()) this.draining.add(service);
      else this.draining.delete(service);
    }
    if (this.draining.size === 0) this.close();
    else this.timer ??= setInterval(() => this.reportAll(), reportEveryMs);
  }

  ended(service: ServiceRoute): void {
    if (!this.draining.delete(service)) return;
    this.report([service]);
    if (this.draining.size === 0) this.close();
  }

  /** A pause ends without any request that ends. */
  private reportAll(): void {
    const services = [...this.draining];
    this.report(services);
    this.watch(services);
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
