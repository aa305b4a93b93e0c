import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What it does with a request: a status, or whatever it likes; a request that is left unanswered hangs. */
export type Reaction = (request: Received, response: ServerResponse) => void;

export interface Receiver {
  url: string;
  host: string;
  received: Received[];
  react: Reaction;
  close(): Promise<void>;
}

/** A server on this machine that is written to, as Slack or a webhook would be. */
export async function openReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url: path = "", headers } = request;
      const told = { method, path, headers, body: Buffer.concat(chunks).toString("utf8") };
      receiver.received.push(told);
      receiver.react(told, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const receiver: Receiver = {
    url: `http://${host}`,
    host,
    received: [],
    react: (_, response) => void response.end("ok"),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return receiver;
}
