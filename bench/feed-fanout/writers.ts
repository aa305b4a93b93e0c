import { setTimeout as delay } from "node:timers/promises";
import type postgres from "postgres";
import type { FeedState } from "#server/domain/feed.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { publishDeployment, publishHold } from "#server/services/feed/publish.ts";
import type { ExpectedEvent } from "./messages.ts";

/** Service environments: one that everybody may read of, and one that nobody may. */
export interface Places {
  shown: number;
  hidden: number;
}

const writers = 4;
const mostOpenMs = 400;
const mostRestMs = 1_800;

/**
 * Several who publish at once, as deployments and holds do: each change in a transaction that stays open for a while, so
 * that they are committed in another order than they were begun.
 */
export class Writers {
  isSteady = true;
  private readonly ctx: Context;
  private readonly sql: postgres.Sql;
  private readonly places: Places;
  private readonly published = new Map<string, Omit<ExpectedEvent, "id">>();
  private isOver = false;
  private running: Promise<unknown> = Promise.resolve();

  constructor(ctx: Context, sql: postgres.Sql, places: Places) {
    this.ctx = ctx;
    this.sql = sql;
    this.places = places;
  }

  start(): void {
    this.running = Promise.all(Array.from({ length: writers }, () => this.write()));
  }

  async stop(): Promise<void> {
    this.isOver = true;
    await this.running;
  }

  /** What everybody was to hear, in the order of the commits; and how many of them began after one committed later. */
  async expected(): Promise<{ events: ExpectedEvent[]; overtaken: number }> {
    const rows = await this.sql<{ id: string; number: number }[]>`
      select event_id as id, id::int as number from feed_changes order by revision`;
    const events = rows.flatMap(({ id }) => {
      const event = this.published.get(id);
      return event === undefined ? [] : [{ id, ...event }];
    });
    if (events.length !== this.published.size)
      throw new Error("Some of what was published is not in the feed.");
    const overtaken = rows.filter(({ number }, place) =>
      rows.slice(0, place).some((row) => row.number > number),
    );
    return { events, overtaken: overtaken.length };
  }

  private async write(): Promise<void> {
    while (!this.isOver) {
      const kind = Math.random();
      if (kind < 0.15) await this.hold();
      else
        await this.deploy(
          kind < 0.4 ? this.places.hidden : this.places.shown,
          kind > 0.9 ? "cancelled" : "live",
        );
    }
  }

  private async deploy(place: number, end: FeedState): Promise<void> {
    const isShown = place === this.places.shown;
    const [row] = await this.sql<{ id: number }[]>`
      insert into deployments (service_environment_id, kind, status, sha, subject, author_name, requested_by_name, started_at)
      values (${place}, 'deploy', 'queued', 'abc', 'A change', 'Ada', 'Ada', now()) returning id::int`;
    const id = row?.id ?? 0;
    for (const state of ["started", end] as const) {
      await this.change(isShown, `deployment_id = ${id}`, (tx) => publishDeployment(tx, id, state));
    }
  }

  private async hold(): Promise<void> {
    const [row] = await this.sql<{ id: number }[]>`
      insert into holds (service_environment_id, reason, placed_by_name, ends_at)
      values (${this.places.shown}, 'The big day', 'Ada', now() + interval '1 day') returning id::int`;
    const id = row?.id ?? 0;
    for (const state of ["held", "lifted"] as const) {
      await this.change(true, `hold_id = ${id}`, (tx) => publishHold(tx, id, state));
    }
  }

  private async change(
    isShown: boolean,
    line: string,
    publish: (tx: Context) => Promise<void>,
  ): Promise<void> {
    await delay(Math.random() * mostRestMs);
    await inTransaction(this.ctx, async (tx) => {
      await publish(tx);
      const [change] = await tx.db.execute(`
        select event_id as id from feed_changes join feed_items on feed_items.id = item_id
        where ${line} order by feed_changes.id desc limit 1`);
      await delay(Math.random() * mostOpenMs);
      const committedAtMs = Number(process.hrtime.bigint()) / 1e6;
      if (isShown) this.published.set(String(change?.id), { committedAtMs, isSteady: this.isSteady });
    });
  }
}
