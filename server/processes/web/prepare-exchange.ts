import type { IncomingMessage, ServerResponse } from "node:http";
import { clientAddress } from "#server/services/identity/client-address.ts";
import { addressHeader, pathHeader } from "#server/services/identity/request-headers.ts";
import { refuseTokenInUrl } from "./refuse-token-in-url.ts";

const mostBodyBytes = 2 * 1024 * 1024;

/** Sets what every answer carries and what every handler may rely on. False where the request is refused already. */
export function prepareExchange(
  request: IncomingMessage,
  response: ServerResponse,
  portalUrl: string,
): boolean {
  response.setHeader("X-Content-Type-Options", "nosniff");
  response.setHeader("Referrer-Policy", "same-origin");
  response.setHeader("X-Frame-Options", "DENY");
  response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
  response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  if (portalUrl.startsWith("https:")) {
    response.setHeader("Strict-Transport-Security", "max-age=31536000");
  }
  if (refuseTokenInUrl(request, response)) return false;
  const forwardedFor = request.headers["x-forwarded-for"];
  request.headers[addressHeader] = clientAddress(
    request.socket.remoteAddress,
    Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
  );
  request.headers[pathHeader] = request.url;
  return isBodyBounded(request, response);
}

function isBodyBounded(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers["transfer-encoding"] !== undefined) {
    return refuse(response, 411, "Say how long the body is (Content-Length).");
  }
  if (Number(request.headers["content-length"] ?? 0) <= mostBodyBytes) return true;
  return refuse(response, 413, "The body is larger than 2 MiB.");
}

function refuse(response: ServerResponse, status: number, message: string): false {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" });
  response.end(`${message}\n`);
  return false;
}
