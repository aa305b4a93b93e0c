import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { BlockList } from "node:net";
import { mayBeKept } from "#server/api/access.ts";
import { clientAddress } from "#server/services/identity/client-address.ts";
import { addressHeader, nonceHeader, pathHeader } from "#server/services/identity/request-headers.ts";
import { answerText, answerTooLarge } from "./bare-answers.ts";
import { holdsMailedToken, refuseTokenInUrl } from "./refuse-token-in-url.ts";
import { requestPath } from "./request-path.ts";
import { securityHeaders } from "./security-headers.ts";

const methods = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];
const mostBodyBytes = 2 * 1024 * 1024;

/** Sets what every answer carries and what every handler may rely on. False where the request is refused already. */
export function prepareExchange(
  request: IncomingMessage,
  response: ServerResponse,
  options: { portalUrl: string; isDevelopment: boolean; proxies: BlockList },
): boolean {
  const nonce = randomBytes(16).toString("base64");
  const headers = securityHeaders({ nonce, ...options });
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (!methods.includes(request.method ?? "")) {
    return refuse(response, 405, "The portal does not know this method.", { allow: methods.join(", ") });
  }
  if (request.headers.host === undefined) return refuse(response, 400, "Say for which host this is (Host).");
  if (refuseTokenInUrl(request, response)) return false;
  const path = requestPath(request.url);
  // Pages, files and what everybody subscribes to say themselves how long they may be kept.
  if (path?.startsWith("/api/") && !mayBeKept(path)) response.setHeader("Cache-Control", "no-store");
  // Where it leads from there is told nothing of it, the portal itself neither.
  if (path !== null && holdsMailedToken(path)) response.setHeader("Referrer-Policy", "no-referrer");
  const forwardedFor = request.headers["x-forwarded-for"];
  request.headers[addressHeader] = clientAddress(
    request.socket.remoteAddress,
    Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    options.proxies,
  );
  request.headers[pathHeader] = request.url;
  request.headers[nonceHeader] = nonce;
  // From here Next reads the nonce for the scripts that it writes into a page.
  request.headers["content-security-policy"] = headers["Content-Security-Policy"];
  if (path === null) return refuse(response, 400, "This is not a path of the portal.");
  return isBodyBounded(request, response);
}

function isBodyBounded(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers["transfer-encoding"] !== undefined) {
    return refuse(response, 411, "Say how long the body is (Content-Length).");
  }
  if (Number(request.headers["content-length"] ?? 0) <= mostBodyBytes) return true;
  answerTooLarge(request, response, "The body is larger than 2 MiB.");
  return false;
}

function refuse(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): false {
  answerText(response, status, message, { connection: "close", ...headers });
  return false;
}
