import type { IncomingMessage } from "node:http";
import { Worker } from "node:worker_threads";
import { serviceHostName } from "#server/domain/host-names.ts";
import {
  type Mirror,
  type MirrorCounts,
  mirroredHeader,
  neverCopied,
  noCopies,
} from "#server/domain/mirror.ts";
import { messageOf } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { type FlatHeaders, hasBody } from "./headers.ts";
import type { Copy, CopyOrder, FromMirror, MirroredRow } from "./messages.ts";
import type { RouteTable } from "./route-table.ts";
import type { ServiceRoute } from "./service-route.ts";

/** Few wake-ups of the other thread are worth more than a copy that is there at once. */
const handOverEveryMs = 25;
/** Handed over and not yet over. Beyond this, copies are left out: nobody waits for them, and they take no more memory. */
const mostPending = 512;
const restartAfterMs = 5_000;

/**
 * Copies a share of the safe requests to where the route says. All that this thread does is to note them down: a thread
 * of its own, begun with the first copy, sends them, and what comes of it never reaches a request.
 */
export class Mirrors {
  private readonly table: RouteTable;
  private readonly logger: Logger;
  private noted: Copy[] = [];
  private handingOver: NodeJS.Timeout | undefined;
  private counts = new Map<number, MirrorCounts>();
  /** Counted down by the other thread. */
  private readonly pending = new Int32Array(new SharedArrayBuffer(4));
  private worker: Worker | null = null;
  private mayStartAt = 0;

  constructor({ table, logger }: { table: RouteTable; logger: Logger }) {
    this.table = table;
    this.logger = logger;
  }

  /** Has the request copied if it is its turn; `headers` are those with which it was sent. */
  offer(
    from: ServiceRoute,
    request: IncomingMessage,
    { target, headers }: { target: string; headers: FlatHeaders },
  ): void {
    const { mirror } = from.route;
    if (mirror === null || Math.random() >= mirror.share || !isSafe(request)) return;
    const { serviceEnvironmentId } = from.route;
    const to = this.table.get(mirror.toServiceEnvironmentId)?.route;
    const addresses = to?.livePool == null || to.isElsewhere ? [] : to.pools[to.livePool];
    if (to === undefined || addresses.length === 0 || Atomics.load(this.pending, 0) >= mostPending) {
      this.countOf(serviceEnvironmentId).leftOut++;
      return;
    }
    Atomics.add(this.pending, 0, 1);
    const host = serviceHostName(to.serviceSlug, to.environmentSlug);
    this.noted.push({
      serviceEnvironmentId,
      addresses,
      method: request.method ?? "GET",
      target,
      headers: copiedHeaders(headers, host, mirror),
    });
    this.handingOver ??= setTimeout(() => this.handOver(), handOverEveryMs);
  }

  /** What became of copies since the last time. */
  takeCounts(): MirroredRow[] {
    const rows = [...this.counts].map(([serviceEnvironmentId, counts]) => ({
      serviceEnvironmentId,
      ...counts,
    }));
    this.counts = new Map();
    return rows;
  }

  stop(): void {
    clearTimeout(this.handingOver);
    void this.worker?.terminate();
  }

  private handOver(): void {
    this.handingOver = undefined;
    const copies = this.noted;
    this.noted = [];
    this.worker ??= this.start(copies.length);
    if (this.worker !== null) {
      this.worker.postMessage(copies);
      return;
    }
    for (const { serviceEnvironmentId } of copies) this.countOf(serviceEnvironmentId).leftOut++;
    Atomics.sub(this.pending, 0, copies.length);
  }

  private start(first: number): Worker | null {
    if (performance.now() < this.mayStartAt) return null;
    this.mayStartAt = performance.now() + restartAfterMs;
    // What one that broke down had not got to is lost.
    Atomics.store(this.pending, 0, first);
    const order: CopyOrder = { pending: this.pending };
    const worker = new Worker(new URL("./mirror-thread.ts", import.meta.url), { workerData: order });
    worker.on("message", (rows: FromMirror) => {
      for (const { serviceEnvironmentId, answered, failed, leftOut } of rows) {
        const counts = this.countOf(serviceEnvironmentId);
        counts.answered += answered;
        counts.failed += failed;
        counts.leftOut += leftOut;
      }
    });
    worker.on("error", (error) => this.logger.error(`Mirroring broke down: ${messageOf(error)}`));
    worker.on("exit", () => {
      this.worker = null;
    });
    worker.unref();
    return worker;
  }

  private countOf(serviceEnvironmentId: number): MirrorCounts {
    const known = this.counts.get(serviceEnvironmentId);
    if (known !== undefined) return known;
    const counts = { ...noCopies };
    this.counts.set(serviceEnvironmentId, counts);
    return counts;
  }
}

/** What changes nothing, by the meaning of its method; a body would have to be kept. */
function isSafe(request: IncomingMessage): boolean {
  const { method, headers } = request;
  return (
    (method === "GET" || method === "HEAD") && headers[mirroredHeader] === undefined && !hasBody(request)
  );
}

/** Those of the request for another host, without what is not to leave: else a copy could lead back to where it came from. */
function copiedHeaders(headers: FlatHeaders, host: string, { strip }: Mirror): FlatHeaders {
  const copied: FlatHeaders = [];
  for (let index = 0; index < headers.length; index += 2) {
    const name = headers[index] as string;
    const key = name.toLowerCase();
    if (neverCopied.includes(key) || strip.includes(key)) continue;
    const isHost = key === "host" || key === "x-forwarded-host";
    copied.push(name, isHost ? host : (headers[index + 1] as string));
  }
  copied.push(mirroredHeader, "true");
  return copied;
}
