import type { DatabaseClient } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { messageOf } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { type Listener, listen, type Notice } from "#server/kernel/notifications.ts";
import { forgetRouter } from "#server/services/traffic/forget-router.ts";
import { heartbeatRouter } from "#server/services/traffic/heartbeat-router.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { type RouterRegistration, registerRouter } from "#server/services/traffic/register-router.ts";
import { type Route, routeSchema } from "#server/services/traffic/route.ts";
import type { Acknowledgements } from "./acknowledgements.ts";
import type { RouteTable } from "./route-table.ts";

const heartbeatMs = 2_000;
/** Stands in for notifications that were missed. */
const pollMs = 5_000;
const retryMs = 250;
/** Without a database the row stays, and counts until an operator forgets it or this router is back. */
const signOffWithinMs = 2_000;

/** Keeps the route table in step with the database, for ever, whatever happens to the connection. */
export class DatabaseLink {
  private readonly client: DatabaseClient;
  private readonly table: RouteTable;
  private readonly registration: RouterRegistration;
  private readonly acknowledgements: Acknowledgements;
  private readonly logger: Logger;
  private listener: Listener | null = null;
  private reading = false;
  /** Service environments to read again; null stands for all. */
  private readonly wanted = new Set<number | null>();
  private timers: NodeJS.Timeout[] = [];
  private closed = false;
  private lastProblem: string | null = null;

  constructor(parts: {
    client: DatabaseClient;
    table: RouteTable;
    registration: RouterRegistration;
    acknowledgements: Acknowledgements;
    logger: Logger;
  }) {
    this.client = parts.client;
    this.table = parts.table;
    this.registration = parts.registration;
    this.acknowledgements = parts.acknowledgements;
    this.logger = parts.logger;
  }

  /** Registers, reads all routes and listens; tries until it succeeds. Resolves when the table is up to date. */
  async open(): Promise<void> {
    while (!this.closed) {
      if (await this.attempt("Connecting", () => this.connect())) break;
      await new Promise((resolve) => this.timers.push(setTimeout(resolve, retryMs)));
    }
    this.timers.push(setInterval(() => void this.beat(), heartbeatMs));
    this.timers.push(setInterval(() => void this.refresh(null), pollMs));
  }

  /** Takes the router out of what switches wait for; call it when nothing is in flight any more. */
  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    const timeout = new Promise((resolve) => setTimeout(resolve, signOffWithinMs).unref());
    await Promise.race([
      this.attempt("Signing off", () => forgetRouter(this.ctx(), this.registration)),
      timeout,
    ]);
    await Promise.race([this.client.close(), timeout]);
  }

  private ctx() {
    return systemContext(this.client.db, "traffic-router");
  }

  private async connect(): Promise<void> {
    // Registered first: from here on no pool is ended that this router might still point to.
    await registerRouter(this.ctx(), this.registration);
    this.listener ??= await listen(this.client.sql, {
      onNotice: (notice) => this.hear(notice),
      onResync: () => void this.refresh(null),
    });
    await this.readAll();
  }

  private hear(notice: Notice): void {
    if (notice.topic !== "route") return;
    const route = routeSchema.safeParse(notice.body);
    if (route.success && this.table.apply(route.data) === "moved") this.acknowledgements.moved([route.data]);
    // The body spares the wait, not the reading: instances may have changed while it was written.
    void this.refresh(Number(notice.id));
  }

  /** One reading at a time; what is asked for during it is read after it. */
  private async refresh(wanted: number | null): Promise<void> {
    this.wanted.add(wanted);
    if (this.reading) return;
    this.reading = true;
    while (this.wanted.size > 0 && !this.closed) {
      const ids = [...this.wanted];
      this.wanted.clear();
      await this.attempt("Reading routes", () => this.read(ids));
    }
    this.reading = false;
  }

  private async read(ids: (number | null)[]): Promise<void> {
    if (ids.includes(null)) return this.readAll();
    for (const id of ids) {
      if (id === null) continue;
      const [route] = await readRoutes(this.ctx(), id);
      if (route === undefined) this.table.remove(id);
      else this.tell(this.table.apply(route) === "moved" ? [route] : []);
    }
  }

  private async readAll(): Promise<void> {
    this.tell(this.table.applyAll(await readRoutes(this.ctx())));
  }

  private tell(moved: Route[]): void {
    if (moved.length > 0) this.acknowledgements.moved(moved);
    else this.acknowledgements.refreshed();
  }

  private async beat(): Promise<void> {
    await this.attempt("Heartbeat", async () => {
      if (await heartbeatRouter(this.ctx(), this.registration)) return;
      await registerRouter(this.ctx(), this.registration);
      this.acknowledgements.moved(this.table.all().map((service) => service.route));
    });
  }

  /** Says each new problem once: a database that is away for an hour is one line, not thousands. */
  private async attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      if (this.lastProblem !== null) this.logger.info("The database answers again.");
      this.lastProblem = null;
      return true;
    } catch (error) {
      const problem = `${what}: ${messageOf(error)}`;
      if (this.lastProblem === null) this.logger.warn(`${problem} Serving the last known routes.`);
      this.lastProblem = problem;
      return false;
    }
  }
}
