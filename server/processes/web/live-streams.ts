import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, type Notice } from "#server/kernel/notifications.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { sessionFromRequest } from "#server/services/identity/session-from-request.ts";
import { throttleByKey } from "./throttle-by-key.ts";

export interface LiveStreams {
  answer(request: IncomingMessage, response: ServerResponse): void;
  stop(): Promise<void>;
}

interface Client {
  request: IncomingMessage;
  response: ServerResponse;
}

const pingEveryMs = 15_000;
const logEveryMs = 100;
const resyncEveryMs = 3_000;
/** A reader this far behind is dropped; its browser comes back and reads everything anew. */
const mostUnreadBytes = 1024 * 1024;

/** One listening connection to the database for the whole process, fanned out to every open page. */
export async function openLiveStreams(portal: Portal): Promise<LiveStreams> {
  const clients = new Set<Client>();
  const send = (event: string) => {
    for (const client of clients) write(client, event);
  };
  const change = (topic: string, id: string) =>
    send(`event: change\ndata: ${JSON.stringify({ topic, id })}\n\n`);
  const logs = throttleByKey(logEveryMs, (id) => change("log", id));
  const listener = await listen(portal.database.sql, {
    onNotice: ({ topic, id }: Notice) => (topic === "log" ? logs.push(id) : change(topic, id)),
    onResync: () => send(resync),
  });
  const timers = [setInterval(() => void pingAll(clients, portal), pingEveryMs)];
  void listener.notificationsArrive.then((arrive) => {
    if (arrive) return;
    portal.logger.warn("LISTEN does not work here (a pooler in transaction mode?): pages poll instead.");
    timers.push(setInterval(() => send(resync), resyncEveryMs));
  });
  return {
    answer: (request, response) => answer(clients, { request, response }),
    async stop() {
      for (const timer of timers) clearInterval(timer);
      logs.stop();
      for (const { response } of clients) response.end();
      await listener.close();
    },
  };
}

const resync = "event: resync\ndata: {}\n\n";

function answer(clients: Set<Client>, client: Client): void {
  const { request, response } = client;
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  if (request.method === "HEAD") return void response.end();
  // The id is what a browser that lost the stream sends back: then it has missed something.
  response.write("retry: 1000\nid: 1\nevent: ping\ndata: {}\n\n");
  if (request.headers["last-event-id"] !== undefined) response.write(resync);
  clients.add(client);
  response.once("close", () => clients.delete(client));
}

function write({ response }: Client, event: string): void {
  if (response.writableLength > mostUnreadBytes) response.destroy();
  else response.write(event);
}

/** Keeps connections open through proxies, and ends those whose session has ended. */
async function pingAll(clients: Set<Client>, { logger }: Portal): Promise<void> {
  for (const client of clients) {
    try {
      if ((await sessionFromRequest(client.request)) === null) client.response.end();
      else write(client, "event: ping\ndata: {}\n\n");
    } catch (err) {
      logger.warn({ err }, "session not checked");
    }
  }
}
