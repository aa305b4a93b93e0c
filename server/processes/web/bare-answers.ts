import type { IncomingMessage, ServerResponse } from "node:http";

/** Short answers of the bare server itself. None may be kept by a cache. */

const restWithinMs = 5_000;

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(`${JSON.stringify(body)}\n`);
}

export function answerText(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    ...headers,
  });
  response.end(`${message}\n`);
}

/**
 * Says that a body is larger than may be, and takes in for a moment what is still on its way: who closes on bytes that
 * nobody read has the client's system throw the answer away with them.
 */
export function answerTooLarge(request: IncomingMessage, response: ServerResponse, message: string): void {
  answerText(response, 413, message);
  request.resume();
  const cut = setTimeout(() => request.socket.destroy(), restWithinMs);
  request.once("close", () => clearTimeout(cut));
}
