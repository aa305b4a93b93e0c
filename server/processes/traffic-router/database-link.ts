import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseClient } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { databaseProblem } from "#server/kernel/database-problem.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { type Listener, listen, type Notice } from "#server/kernel/notifications.ts";
import { forgetRouter } from "#server/services/traffic/forget-router.ts";
import { heartbeatRouter } from "#server/services/traffic/heartbeat-router.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { type RouterRegistration, registerRouter } from "#server/services/traffic/register-router.ts";
import { type Route, routeSchema } from "#server/services/traffic/route.ts";

const heartbeatMs = 2_000;
/** Stands in for notifications that were missed. */
const pollMs = 5_000;
const retryMs = 250;
/** Without a database the row stays, and counts until an operator forgets it or this router is back. */
const signOffWithinMs = 2_000;

export interface DatabaseLinkParts {
  client: DatabaseClient;
  registration: RouterRegistration;
  logger: Logger;
  /** Some routes as they are now; they may be older than others that came by notification. */
  onRoutes(routes: Route[]): void;
  /** Every route there is. */
  onAllRoutes(routes: Route[]): void;
  onGone(serviceEnvironmentId: number): void;
  onRegistered(registered: Awaited<ReturnType<typeof registerRouter>>): void;
}

/** Registers the router and hears of every change of its routes, for ever, whatever happens to the connection. */
export class DatabaseLink {
  /** Resolves once something could not be asked of the database. */
  readonly failed: Promise<void>;
  private readonly sayFailed: () => void;
  private readonly parts: DatabaseLinkParts;
  private listener: Listener | null = null;
  private reading = false;
  /** Service environments to read again; null stands for all. */
  private readonly wanted = new Set<number | null>();
  private timers: NodeJS.Timeout[] = [];
  private closed = false;
  private isAway = false;

  constructor(parts: DatabaseLinkParts) {
    this.parts = parts;
    const failed = Promise.withResolvers<void>();
    this.failed = failed.promise;
    this.sayFailed = failed.resolve;
  }

  /** Tries until it succeeds. Resolves when all routes have been read. */
  async open(): Promise<void> {
    while (!this.closed && !(await this.attempt("Connecting", () => this.connect()))) await delay(retryMs);
    this.timers.push(setInterval(() => void this.beat(), heartbeatMs));
    this.timers.push(setInterval(() => void this.refresh(null), pollMs));
  }

  /** Takes the router out of what switches wait for; call it when nothing is in flight any more. */
  async close(): Promise<void> {
    this.closed = true;
    for (const timer of this.timers) clearInterval(timer);
    const signOff = async () => {
      await this.attempt("Signing off", () => forgetRouter(this.ctx(), this.parts.registration));
      await this.parts.client.close();
    };
    await Promise.race([signOff(), delay(signOffWithinMs)]);
  }

  private ctx() {
    return systemContext(this.parts.client.db, "traffic-router");
  }

  private async connect(): Promise<void> {
    // Registered first: from here on no pool is ended that this router might still point to.
    this.parts.onRegistered(await registerRouter(this.ctx(), this.parts.registration));
    this.listener ??= await listen(this.parts.client.sql, {
      onNotice: (notice) => this.hear(notice),
      onResync: () => void this.refresh(null),
    });
    await this.read([null]);
  }

  private hear(notice: Notice): void {
    if (notice.topic !== "route") return;
    const route = routeSchema.safeParse(notice.body);
    if (route.success) this.parts.onRoutes([route.data]);
    else void this.refresh(Number(notice.id));
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
    if (ids.includes(null)) return this.parts.onAllRoutes(await readRoutes(this.ctx()));
    for (const id of ids) {
      if (id === null) continue;
      const routes = await readRoutes(this.ctx(), id);
      if (routes.length > 0) this.parts.onRoutes(routes);
      else this.parts.onGone(id);
    }
  }

  private async beat(): Promise<void> {
    await this.attempt("Heartbeat", async () => {
      if (await heartbeatRouter(this.ctx(), this.parts.registration)) return;
      this.parts.onRegistered(await registerRouter(this.ctx(), this.parts.registration));
    });
  }

  /** Says once that the database is away, however long that lasts. */
  private async attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
    const { logger } = this.parts;
    try {
      await work();
      if (this.isAway) logger.info("The database answers again.");
      this.isAway = false;
      return true;
    } catch (error) {
      if (!this.isAway)
        logger.warn(`${what} failed: ${databaseProblem(error)}. Serving the last known routes.`);
      this.isAway = true;
      this.sayFailed();
      return false;
    }
  }
}
