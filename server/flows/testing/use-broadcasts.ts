import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { broadcastEvents, type ChannelKind } from "#server/domain/broadcast.ts";
import type { FeedState } from "#server/domain/feed.ts";
import type { Context } from "#server/kernel/context.ts";
import { outgoingRequests } from "#server/kernel/outgoing-request.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { createChannel } from "#server/services/broadcast/create-channel.ts";
import { enqueueChanges } from "#server/services/broadcast/enqueue.ts";
import { listChannels } from "#server/services/broadcast/list-channels.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import type { ChannelInput } from "#server/services/broadcast/parse-channel.ts";
import { removeChannel } from "#server/services/broadcast/remove-channel.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import { listDeliveriesInWords } from "../list-deliveries-in-words.ts";
import { tellNextChannel } from "../tell-next-channel.ts";
import { openReceiver, type Received, type Receiver } from "./open-receiver.ts";

export const everything = { serviceSlug: null, environmentSlug: null, events: [...broadcastEvents] };

export const titlesOf = (received: Received[]) =>
  received.map(({ body }) => JSON.parse(body).customData?.title);

/**
 * For the tests of one file: a public service `shop` and an internal one, `hidden`, both in production, channels, and
 * whoever receives what they are told, anew for each test.
 */
export function useBroadcasts(): Broadcasts {
  const broadcasts = new Broadcasts();
  beforeAll(() => broadcasts.open());
  afterAll(() => broadcasts.close());
  beforeEach(() => broadcasts.begin());
  afterEach(() => broadcasts.end());
  return broadcasts;
}

class Broadcasts {
  database!: TestDatabase;
  ctx!: Context;
  shop!: TrafficRows;
  hidden!: TrafficRows;
  receiver!: Receiver;
  outside!: Outside;
  readonly keys = () => [parseSealingKey("b".repeat(64))].filter((key) => key !== null);
  now = new Date("2026-11-25T10:00:00Z");
  private made = 0;

  async open(): Promise<void> {
    this.database = await openTestDatabase();
    const { sql } = this.database.client;
    this.ctx = { ...this.database.ctx, now: () => this.now };
    this.shop = await insertServiceEnvironment(sql, { service: "shop", environment: "production" });
    this.hidden = await insertServiceEnvironment(sql, { service: "hidden", environment: "production" });
    await sql`update services set is_public = true where slug = 'shop'`;
    await sql`update environments set is_shown = true`;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  async begin(): Promise<void> {
    this.receiver = await openReceiver();
    this.outside = {
      keys: this.keys,
      send: outgoingRequests({ allowedHosts: [this.receiver.host], timeoutMs: 500 }),
      mailer: null,
      portalUrl: "https://deploy.example.org",
      slackUrl: this.receiver.url,
    };
  }

  async end(): Promise<void> {
    for (const { id } of await listChannels(this.ctx)) await removeChannel(this.ctx, id);
    await this.receiver.close();
  }

  channel(kind: ChannelKind, input: Partial<ChannelInput> = {}) {
    this.made += 1;
    const usual = {
      name: `channel ${this.made}`,
      isPublic: false,
      url: `${this.receiver.url}/hook`,
      token: "xoxb-1234567890-abc",
      slackChannel: "C0123456789",
      recipients: ["all@example.org"],
      rules: [everything],
    };
    return createChannel(this.ctx, this.keys, kind, { ...usual, ...input });
  }

  /** A deployment past the verbs, with its line. */
  async deploy(rows: TrafficRows, state: FeedState = "live", sha = "a".repeat(40)): Promise<number> {
    const { sql } = this.database.client;
    const [row] = await sql`
      insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
        requested_by_name, started_at, switched_at, finished_at)
      values (${rows.serviceEnvironmentId}, 'deploy', 'queued', ${sha}, 'Secret subject', 'Ada', ${rows.releaseId},
        'Ada', now(), ${state === "live" ? sql`now()` : null}, null) returning id::int`;
    await publishDeployment(this.ctx, row?.id, state);
    return row?.id;
  }

  async tellAll(signal = new AbortController().signal): Promise<void> {
    while (await enqueueChanges(this.ctx));
    while (await tellNextChannel(this.ctx, this.outside, signal));
  }

  later(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  async deliveriesOf(channelId: number) {
    const asked = { channelId, state: null, before: null, limit: 100 };
    return (await listDeliveriesInWords(this.ctx, asked)).items;
  }
}
