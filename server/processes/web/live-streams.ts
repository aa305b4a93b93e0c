import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, type Notice } from "#server/kernel/notifications.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { sessionFromRequest } from "#server/services/identity/session-from-request.ts";
import { answerText } from "./bare-answers.ts";
import { throttleByKey } from "./throttle-by-key.ts";

/** For whoever is signed in as this user. */
export type LiveAnswer = (request: IncomingMessage, response: ServerResponse, userId: number) => unknown;

export interface LiveStreams {
  answer: LiveAnswer;
  stop(): Promise<void>;
}

interface Client {
  request: IncomingMessage;
  response: ServerResponse;
  userId: number;
}

/** Each open page has one: far more than anybody looks at. */
const mostOfOneUser = 50;
const pingEveryMs = 15_000;
/** Pages ask for a log's news one request at a time: this only spares those that look at something else. */
const outputEveryMs = 25;
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
  const outputs = (["log", "instance-output"] as const).map((topic) => ({
    topic,
    news: throttleByKey(outputEveryMs, (id) => change(topic, id)),
  }));
  const listener = await listen(portal.database.sql, {
    onNotice: ({ topic, id }: Notice) => {
      if (topic === "session") void checkUser(clients, portal, Number(id));
      else {
        const output = outputs.find((candidate) => candidate.topic === topic);
        if (output === undefined) change(topic, id);
        else output.news.push(id);
      }
    },
    onResync: () => send(resync),
  });
  const timers = [setInterval(() => void pingAll(clients, portal), pingEveryMs)];
  void listener.notificationsArrive.then((arrive) => {
    if (arrive) return;
    portal.logger.warn("LISTEN does not work here (a pooler in transaction mode?): pages poll instead.");
    timers.push(setInterval(() => send(resync), resyncEveryMs));
  });
  return {
    answer: (request, response, userId) => answer(clients, { request, response, userId }),
    async stop() {
      for (const timer of timers) clearInterval(timer);
      for (const { news } of outputs) news.stop();
      for (const { response } of clients) response.end();
      await listener.close();
    },
  };
}

const resync = "event: resync\ndata: {}\n\n";

function answer(clients: Set<Client>, client: Client): void {
  const { request, response, userId } = client;
  if (streamsOf(clients, userId).length >= mostOfOneUser) {
    const headers = { "retry-after": "60" };
    return void answerText(response, 429, "Too many pages are open: close some of them.", headers);
  }
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

function streamsOf(clients: Set<Client>, userId: number): Client[] {
  return [...clients].filter((client) => client.userId === userId);
}

/** Keeps connections open through proxies, and ends those whose session has ended. */
async function pingAll(clients: Set<Client>, portal: Portal): Promise<void> {
  for (const client of clients) {
    if (await isStillOpen(client, portal)) write(client, "event: ping\ndata: {}\n\n");
  }
}

/** A session of this user has ended, or their role has changed: their pages ask anew, or are sent to sign in. */
async function checkUser(clients: Set<Client>, portal: Portal, userId: number): Promise<void> {
  for (const client of streamsOf(clients, userId)) {
    if (await isStillOpen(client, portal)) write(client, resync);
  }
}

async function isStillOpen({ request, response }: Client, { logger }: Portal): Promise<boolean> {
  try {
    if ((await sessionFromRequest(request)) !== null) return true;
    response.end();
  } catch (err) {
    logger.warn({ err }, "session not checked");
  }
  return false;
}
