import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from "node:worker_threads";
import { messageOf } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { Route } from "#server/services/traffic/route.ts";
import { openControlThread } from "./control-thread-handle.ts";
import { DrainReports } from "./drain-reports.ts";
import type { ControlSettings, ToControl, ToTraffic } from "./messages.ts";
import type { Mirrors } from "./mirrors.ts";
import type { RequestCounter } from "./request-counter.ts";
import type { RouteTable } from "./route-table.ts";
import type { ServiceRoute } from "./service-route.ts";

const shortestPauseMs = 1_000;
const longestPauseMs = 30_000;
/** A router that is killed loses what it has counted since the last time. */
const tellCountsEveryMs = 400;

/** The traffic thread's end of the line to the control thread. */
export class Control {
  /** Resolves when routes are up to date, or when the last known ones have to do. */
  readonly ready: Promise<void>;
  private readonly settings: ControlSettings;
  private readonly table: RouteTable;
  private readonly logger: Logger;
  private readonly drains = new DrainReports((services) => this.report(services));
  private readonly becomeReady: () => void;
  private readonly signedOff = Promise.withResolvers<void>();
  /** Raised by the control thread with each message: looking at it costs nanoseconds, asking the port microseconds. */
  private readonly news = new Int32Array(new SharedArrayBuffer(4));
  private seen = 0;
  private port: MessagePort | null = null;
  private stopping = false;
  private pauseMs = shortestPauseMs;
  private readonly counter: RequestCounter;
  private readonly mirrors: Mirrors;
  private readonly counting: NodeJS.Timeout;

  /** `thread` is the first one, already opened. */
  constructor(
    settings: ControlSettings,
    parts: { table: RouteTable; counter: RequestCounter; mirrors: Mirrors; logger: Logger; thread: Worker },
  ) {
    this.settings = settings;
    this.table = parts.table;
    this.counter = parts.counter;
    this.mirrors = parts.mirrors;
    this.logger = parts.logger;
    this.counting = setInterval(() => this.tellCounts(), tellCountsEveryMs);
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.becomeReady = ready.resolve;
    this.start(parts.thread);
  }

  /** Applies what has been said since the last look, without waiting for the event loop to come round. */
  takeNews(): void {
    const raised = Atomics.load(this.news, 0);
    if (raised === this.seen || this.port === null) return;
    this.seen = raised;
    for (;;) {
      const received: { message: ToTraffic } | undefined = receiveMessageOnPort(this.port);
      if (received === undefined) return;
      this.take(received.message);
    }
  }

  /** The last request to an old pool has ended: whoever waits for it should hear at once. */
  drained(service: ServiceRoute): void {
    this.drains.ended(service);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.drains.close();
    clearInterval(this.counting);
    this.tellCounts();
    this.say({ kind: "sign-off" });
    await this.signedOff.promise;
  }

  private start(worker: Worker): void {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.on("message", (message: ToTraffic) => this.take(message));
    worker.postMessage({ settings: this.settings, port: port2, news: this.news }, [port2]);
    worker.on("error", (error) => this.logger.error(`The control thread ended: ${messageOf(error)}`));
    worker.on("exit", () => {
      port1.close();
      this.port = null;
      if (this.stopping) return this.signedOff.resolve();
      setTimeout(() => this.start(openControlThread()), this.pauseMs);
      this.pauseMs = Math.min(this.pauseMs * 2, longestPauseMs);
    });
  }

  private take(message: ToTraffic): void {
    if (message.kind === "ready") this.becomeReady();
    else if (message.kind === "signed-off") this.signedOff.resolve();
    else if (message.kind === "clock") this.counter.setClock(message.databaseMs);
    else this.apply(message.routes, message.gone);
  }

  private apply(routes: Route[], gone: number[]): void {
    for (const id of gone) this.table.remove(id);
    this.table.apply(routes);
    const services = routes.flatMap((route) => this.table.get(route.serviceEnvironmentId) ?? []);
    this.drains.watch(services);
    this.report(services);
  }

  private tellCounts(): void {
    // Kept for the next control thread where there is none.
    if (this.port === null) return;
    const rows = this.counter.take();
    if (rows.length > 0) this.say({ kind: "counts", rows });
    const mirrored = this.mirrors.takeCounts();
    if (mirrored.length > 0) this.say({ kind: "mirrored", rows: mirrored });
  }

  private report(services: ServiceRoute[]): void {
    const states = services.map((service) => ({
      serviceEnvironmentId: service.route.serviceEnvironmentId,
      generation: service.route.generation,
      openToOldPools: service.openToOldPools(),
      openRequests: service.openWhileHeld(),
    }));
    this.say({ kind: "applied", states });
  }

  private say(message: ToControl): void {
    this.port?.postMessage(message);
  }
}
