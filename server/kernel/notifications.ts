import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type SQL, sql } from "drizzle-orm";
import type postgres from "postgres";
import { z } from "zod";
import type { Context } from "./context.ts";

/**
 * Hints that something changed, sent by NOTIFY in the transaction of the change. They may be missed (a pooler, a
 * cut connection), so whoever listens also polls slowly and re-reads everything on `resync`.
 */
const channel = "anytime";

export const topics = [
  "queue",
  "deployment",
  "log",
  "instance-output",
  "service",
  "service-environment",
  "commit-fact",
  "hold",
  "route",
  "router-acknowledgement",
  "cancel",
  "worker",
  "watch",
  "feed",
  "channel",
  "review",
  "incident",
  "session",
  "self-test",
] as const;
export type Topic = (typeof topics)[number];

const noticeSchema = z.object({ topic: z.enum(topics), id: z.string(), body: z.unknown().optional() });
/** `id` is the row's key as text; `body`, where there is one, spares the listener a query. */
export type Notice = z.infer<typeof noticeSchema>;

/** The call of pg_notify, for a statement that changes a row and tells of it in one go. */
export function notification(topic: Topic, id: string | number, body?: unknown): SQL {
  const payload = JSON.stringify({ topic, id: String(id), body });
  // PostgreSQL refuses payloads of 8,000 bytes or more; the listener re-reads where the body is missing.
  const fits = Buffer.byteLength(payload) < 7_900;
  return sql`pg_notify(${channel}, ${fits ? payload : JSON.stringify({ topic, id: String(id) })})`;
}

/** The same where the statement itself makes the id and the body, as text and jsonb. */
export function notificationOf(topic: Topic, id: SQL, body: SQL): SQL {
  const whole = sql`jsonb_build_object('topic', ${topic}::text, 'id', ${id}, 'body', ${body})::text`;
  const without = sql`jsonb_build_object('topic', ${topic}::text, 'id', ${id})::text`;
  return sql`pg_notify(${channel}, case when octet_length(${whole}) < 7900 then ${whole} else ${without} end)`;
}

export async function notify(
  ctx: Pick<Context, "db">,
  topic: Topic,
  id: string | number,
  body?: unknown,
): Promise<void> {
  await ctx.db.execute(sql`select ${notification(topic, id, body)}`);
}

export interface Listener {
  /** False where notifications do not arrive, as behind a pooler in transaction mode. */
  notificationsArrive: Promise<boolean>;
  /** Never rejects, and takes a second at most: the connection ends with its client in any case. */
  close(): Promise<void>;
}

const closedWithinMs = 1_000;

/** Calls `onNotice` for each notification and `onResync` after each (re)connection: what came between was missed. */
export async function listen(
  client: postgres.Sql,
  handlers: { onNotice(notice: Notice): void; onResync(): void },
): Promise<Listener> {
  const probe = randomUUID();
  const { promise: notificationsArrive, resolve: probed } = Promise.withResolvers<boolean>();
  const subscription = await client.listen(
    channel,
    (payload) => {
      const notice = noticeSchema.safeParse(JSON.parse(payload));
      if (!notice.success) return;
      if (notice.data.topic === "self-test") return notice.data.id === probe ? probed(true) : undefined;
      handlers.onNotice(notice.data);
    },
    () => handlers.onResync(),
  );
  await client.notify(channel, JSON.stringify({ topic: "self-test", id: probe }));
  const timer = setTimeout(() => probed(false), 3_000);
  void notificationsArrive.then(() => clearTimeout(timer));
  const close = async () => {
    const unlistened = subscription.unlisten().catch(() => undefined);
    await Promise.race([unlistened, delay(closedWithinMs)]);
  };
  return { notificationsArrive, close };
}
