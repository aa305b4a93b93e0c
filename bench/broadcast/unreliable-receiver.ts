import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Random } from "../chaos/random.ts";

/** What it has taken, that is answered with 200, once for each name in each channel. */
export interface Taken {
  channel: string;
  id: string;
  /** What it tells of: the same for every repeat. */
  fact: string;
}

export interface UnreliableReceiver {
  url: string;
  host: string;
  /** Whether it is away: each connection is cut. */
  isDown: boolean;
  taken: Taken[];
  /** Every name that was ever seen for a fact, taken or not. */
  names: Map<string, Set<string>>;
  requests: number;
  failures: Record<string, number>;
  close(): Promise<void>;
}

/** Some are refused for good, and the same ones each time. */
export function isRefused(id: string): boolean {
  return createHash("sha256").update(id).digest().readUInt16BE(0) % 100 === 0;
}

/** A webhook's receiver at its worst: every fifth request fails, in one of several ways. */
export async function openUnreliableReceiver(random: Random): Promise<UnreliableReceiver> {
  const seen = new Set<string>();
  const take = (channel: string, id: string, fact: string) => {
    if (seen.has(`${channel} ${id}`)) return;
    seen.add(`${channel} ${id}`);
    receiver.taken.push({ channel, id, fact });
  };
  const fail = (kind: string) => {
    receiver.failures[kind] = (receiver.failures[kind] ?? 0) + 1;
  };
  const server = createServer(async (request, response) => {
    receiver.requests += 1;
    if (receiver.isDown) return cut(response, fail);
    const body = JSON.parse(await textOf(request));
    const [channel, id] = [request.url ?? "", String(request.headers["webhook-id"])];
    const fact = `${channel} ${body.customData.item} ${body.customData.state}`;
    receiver.names.set(fact, (receiver.names.get(fact) ?? new Set()).add(id));
    if (isRefused(id)) {
      fail("refused for good");
      return response.writeHead(410).end("gone");
    }
    if (!random.chance(0.2)) {
      take(channel, id, fact);
      return response.end("taken");
    }
    failSomehow(response, random, fail);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const receiver: UnreliableReceiver = {
    ...{ url: `http://${host}`, host, isDown: false },
    ...{ taken: [], names: new Map(), requests: 0, failures: {} },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}

function failSomehow(response: ServerResponse, random: Random, fail: (kind: string) => void): void {
  const kind = random.between(1, 20);
  if (kind === 1) {
    // Never answered: the sender gives up by itself.
    fail("hung");
  } else if (kind <= 6) {
    cut(response, fail);
  } else if (kind <= 12) {
    fail("429 with Retry-After");
    response.writeHead(429, { "retry-after": String(random.between(1, 90)) }).end();
  } else {
    fail("500");
    response.writeHead(500).end("try later");
  }
}

function cut(response: ServerResponse, fail: (kind: string) => void): void {
  fail("cut");
  response.destroy();
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
