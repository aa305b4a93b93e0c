import type { DatabaseClient } from "#db/client.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { broadcastEvents } from "#server/domain/broadcast.ts";
import { tellNextChannel } from "#server/flows/tell-next-channel.ts";
import { type Context, inTransaction, systemContext } from "#server/kernel/context.ts";
import { outgoingRequests, type SendOutgoing } from "#server/kernel/outgoing-request.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { createChannel } from "#server/services/broadcast/create-channel.ts";
import { enqueueChanges } from "#server/services/broadcast/enqueue.ts";
import type { Outside } from "#server/services/broadcast/outside.ts";
import { publishDeployment } from "#server/services/feed/publish.ts";
import type { Random } from "../chaos/random.ts";
import type { UnreliableReceiver } from "./unreliable-receiver.ts";

const channelCount = 20;
const deploymentCount = 250;
const monitorCount = 3;
const hourMs = 3_600_000;
const lengthMs = 6 * hourMs;
const downFromMs = 2 * hourMs;
const downUntilMs = 4 * hourMs;
/** Of the requests, after which the monitor is gone before it has written down what came of them. */
const goneShare = 0.005;

export interface Outcome {
  deliveries: number;
  /** As the database has it. */
  states: Record<string, number>;
  /** Facts in the order in which they were committed, for each channel. */
  order: string[];
  rounds: number;
  gone: number;
  virtualHours: number;
}

class MonitorGone extends Error {}

/** Everything that happens, on an injected clock that jumps to where there is something to do. */
export async function openWorld(setup: {
  client: DatabaseClient;
  receiver: UnreliableReceiver;
  keys: SealingKeys;
  random: Random;
}) {
  const { client, receiver, keys, random } = setup;
  const { sql } = client;
  const start = Date.now();
  let now = start;
  const ctx: Context = { ...systemContext(client.db, "bench"), now: () => new Date(now) };
  const counted = { rounds: 0, gone: 0 };
  const outside: Outside = {
    keys,
    send: sometimesGone(outgoingRequests({ allowedHosts: [receiver.host], timeoutMs: 250 })),
    mailer: null,
    portalUrl: "https://deploy.example.org",
    slackUrl: "https://slack.com",
  };
  const rows = await insertServiceEnvironment(sql, { service: "bench", environment: "production" });
  for (let made = 0; made < channelCount; made++) {
    await createChannel(ctx, keys, "webhook", {
      name: `channel ${made}`,
      isPublic: false,
      url: `${receiver.url}/${made}`,
      rules: [{ serviceSlug: null, environmentSlug: null, events: [...broadcastEvents] }],
    });
  }

  function sometimesGone(send: SendOutgoing): SendOutgoing {
    return async (request) => {
      const answer = await send(request);
      if (!random.chance(goneShare)) return answer;
      counted.gone += 1;
      throw new MonitorGone();
    };
  }

  /** Both states of a deployment, at moments of their own; commits overtake each other. */
  function plan() {
    return Array.from({ length: deploymentCount }, () => {
      const startedAt = random.between(0, lengthMs);
      return { startedAt, liveAt: startedAt + random.between(1_000, 600_000), id: null as number | null };
    });
  }

  async function publish(state: "started" | "live", deployment: { id: number | null }): Promise<void> {
    const holdMs = random.between(0, 15);
    await inTransaction(ctx, async (tx) => {
      if (deployment.id === null) {
        const [row] = await sql`
          insert into deployments (service_environment_id, kind, status, sha, subject, author_name, release_id,
            requested_by_name, started_at, switched_at, finished_at)
          values (${rows.serviceEnvironmentId}, 'deploy', 'succeeded', ${"a".repeat(40)}, 'Change', 'Ada', ${rows.releaseId},
            'Ada', now(), now(), now()) returning id::int`;
        deployment.id = row?.id;
      }
      await publishDeployment(tx, deployment.id ?? 0, state);
      await tx.db.execute(`select pg_sleep(${holdMs / 1_000})`);
    });
  }

  async function monitor(): Promise<void> {
    const { signal } = new AbortController();
    while (await enqueueChanges(ctx));
    for (;;) {
      try {
        if (!(await tellNextChannel(ctx, outside, signal))) return;
      } catch (error) {
        if (!(error instanceof MonitorGone)) throw error;
      }
    }
  }

  async function nextAttempt(): Promise<number | null> {
    const [row] = await sql`
      select extract(epoch from min(greatest(next_attempt_at, '1970-01-01')))::float8 * 1000 as at from channels
      where exists (select from deliveries where channel_id = channels.id and state = 'waiting')`;
    return row?.at ?? null;
  }

  async function run(): Promise<void> {
    const deployments = plan();
    const happenings = deployments
      .flatMap((deployment) => [
        { at: start + deployment.startedAt, state: "started" as const, deployment },
        { at: start + deployment.liveAt, state: "live" as const, deployment },
      ])
      .sort((one, other) => one.at - other.at);
    for (;;) {
      const at = Math.min(
        happenings[0]?.at ?? Number.POSITIVE_INFINITY,
        (await nextAttempt()) ?? Number.POSITIVE_INFINITY,
      );
      if (at === Number.POSITIVE_INFINITY) break;
      now = Math.max(now, at);
      const sinceStart = now - start;
      receiver.isDown = sinceStart >= downFromMs && sinceStart < downUntilMs;
      // Also those of the next minute: several writers are at it at once.
      const due = happenings.filter((happening) => happening.at <= now + 60_000);
      happenings.splice(0, due.length);
      const started = due.filter(({ state }) => state === "started");
      await Promise.all(started.map(({ state, deployment }) => publish(state, deployment)));
      await Promise.all(
        due
          .filter(({ state }) => state === "live")
          .map(({ state, deployment }) => publish(state, deployment)),
      );
      counted.rounds += 1;
      await Promise.all(Array.from({ length: monitorCount }, monitor));
    }
  }

  async function look(): Promise<Outcome> {
    const states = await sql`select state, count(*)::int as count from deliveries group by state`;
    const order = await sql`
      select feed_items.public_id || ' ' || word as fact from feed_changes
        join feed_items on feed_items.id = item_id order by revision`;
    return {
      deliveries: channelCount * order.length,
      states: Object.fromEntries(states.map(({ state, count }) => [state, count])),
      order: order.map(({ fact }) => fact),
      ...counted,
      virtualHours: (now - start) / hourMs,
    };
  }

  return { run, look };
}
