import type { ServerResponse } from "node:http";
import { endAfter } from "./end-after.ts";

const pages = {
  400: "This request cannot be understood.",
  404: "No service answers at this address.",
  408: "The request took too long to arrive.",
  413: "The request is larger than what is passed on here.",
  501: "This transfer coding is not supported.",
  502: "The service broke off before it answered.",
  503: "This service takes no requests at the moment. Try again in a few seconds.",
} as const;
export type PlainStatus = keyof typeof pages;

const retryAfterSeconds = "2";

/** Answers for the router itself. Says nothing of what else is served here. */
export function answerPlainly(response: ServerResponse, status: PlainStatus): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const headers = plainHeaders(status);
  endAfter(response.req, response);
  response.writeHead(status, headers);
  response.end(response.req.method === "HEAD" ? undefined : bodyOf(status));
}

/** The same as bytes, for a socket that has no response object any more. */
export function plainAnswerBytes(status: PlainStatus, reason: string): string {
  const lines = Object.entries({ ...plainHeaders(status), Connection: "close" });
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${bodyOf(status)}`;
}

function plainHeaders(status: PlainStatus): Record<string, string> {
  return {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(Buffer.byteLength(bodyOf(status))),
    "Cache-Control": "no-store",
    ...(status === 503 ? { "Retry-After": retryAfterSeconds } : {}),
  };
}

function bodyOf(status: PlainStatus): string {
  return `${pages[status]}\n`;
}
