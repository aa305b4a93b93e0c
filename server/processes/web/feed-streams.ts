import type { IncomingMessage, ServerResponse } from "node:http";
import { newestFeedEvent } from "#server/kernel/newest-feed-event.ts";
import { listen } from "#server/kernel/notifications.ts";
import type { Portal } from "#server/kernel/portal.ts";
import { networkOf } from "#server/services/identity/client-address.ts";
import { addressHeader } from "#server/services/identity/request-headers.ts";
import { repeat } from "../deploy-worker/repeat.ts";
import { answerText } from "./bare-answers.ts";
import { type FeedEvent, FeedLog } from "./feed-log.ts";
import type { Answer } from "./guard-answer.ts";

export interface FeedStreams {
  answer: Answer;
  stop(): Promise<void>;
}

/** All of an office may come from one address. */
const mostOfOneNetwork = 2_000;
const mostInAll = 20_000;
const pingEveryMs = 20_000;
/** Notifications may be missed, or not arrive at all behind a pooler. */
const lookEveryMs = 3_000;
/** A reader this far behind is dropped; its browser comes back and goes on from the event it had last. */
const mostUnreadBytes = 1024 * 1024;

const retryWithinMs = 4_000;

const ping = Buffer.from("event: ping\ndata: {}\n\n");
/** What is shown has changed, or what was missed is not known any more: the page is to be read anew. */
const reset = Buffer.from("event: reset\ndata: {}\n\n");

/** The public feed, live: one reader of the database for the whole process, fanned out to everybody who listens. */
export async function openFeedStreams(portal: Portal): Promise<FeedStreams> {
  const readers = new Set<ServerResponse>();
  const networks = new Map<string, number>();
  const send = (bytes: Buffer) => {
    for (const reader of readers) write(reader, bytes);
  };
  const log = new FeedLog(portal, (events) => send(joined(events)));
  const catchUp = () =>
    log.catchUp().catch((err: unknown) => portal.logger.warn({ err }, "the feed was not read"));
  const listener = await listen(portal.database.sql, {
    onNotice: ({ topic, id }) => {
      if (topic !== "feed") return;
      if (id === "reset") send(reset);
      void catchUp();
    },
    onResync: () => void catchUp(),
  });
  await log.open();
  newestFeedEvent().id = () => log.newestId();
  const look = repeat(lookEveryMs, catchUp, () => undefined);
  const pings = setInterval(() => send(ping), pingEveryMs);
  return {
    answer(request, response) {
      const network = networkOf(String(request.headers[addressHeader]));
      const count = networks.get(network) ?? 0;
      if (count >= mostOfOneNetwork || readers.size >= mostInAll) return tooMany(response);
      begin(request, response, log);
      if (request.method === "HEAD") return;
      readers.add(response);
      networks.set(network, count + 1);
      response.once("close", () => {
        readers.delete(response);
        const left = (networks.get(network) ?? 1) - 1;
        if (left === 0) networks.delete(network);
        else networks.set(network, left);
      });
    },
    async stop() {
      clearInterval(pings);
      look.stop();
      for (const reader of readers) reader.end();
      await listener.close();
    },
  };
}

/** Goes on from the event that the reader names: after an interruption, or from the page that it was drawn with. */
function begin(request: IncomingMessage, response: ServerResponse, log: FeedLog): void {
  // Ends with its connection and is in no chunks: the same bytes go to everybody, in one write each.
  response.removeHeader("transfer-encoding");
  response.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  if (request.method === "HEAD") return void response.end();
  const last = lastEventOf(request);
  const missed = last === null ? [] : log.after(last);
  const news = missed === null ? reset : joined(missed);
  // The newest id comes last: who loses the stream before has not been told of what it missed.
  const whole = Buffer.from(`retry: ${retryMs()}\nid: ${log.newestId()}\n${ping}`);
  response.write(Buffer.concat([news, whole]));
}

/** Not the same for all: those who lose this process do not all come back at one moment. */
function retryMs(): number {
  return Math.round(retryWithinMs * (0.25 + 0.75 * Math.random()));
}

function lastEventOf(request: IncomingMessage): string | null {
  const header = request.headers["last-event-id"];
  if (typeof header === "string" && header !== "") return header;
  return new URL(request.url ?? "/", "http://portal").searchParams.get("after");
}

function write(reader: ServerResponse, bytes: Buffer): void {
  if (reader.writableLength > mostUnreadBytes) reader.destroy();
  else reader.write(bytes);
}

function joined(events: FeedEvent[]): Buffer {
  const [only] = events;
  return only !== undefined && events.length === 1
    ? only.bytes
    : Buffer.concat(events.map(({ bytes }) => bytes));
}

function tooMany(response: ServerResponse): void {
  answerText(response, 503, "Too many read the feed live at the moment: the page itself is here.", {
    "retry-after": "60",
  });
}
