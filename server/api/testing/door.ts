import type { IncomingMessage, ServerResponse } from "node:http";
import { addressHeader } from "#server/services/identity/request-headers.ts";
import { listenOnFreePort, type TestServer } from "#server/services/identity/testing/listen.ts";
import { handleAuth } from "../handle-auth.ts";

/** The portal's way in over real HTTP, without its pages: `/api/auth/…` and nothing else. */
export async function openDoor(): Promise<TestServer> {
  const door = await listenOnFreePort((url) => (request, response) => {
    request.headers[addressHeader] = request.socket.remoteAddress;
    void answer(url, request, response);
  });
  process.env.NEXTAUTH_URL = door.url;
  return door;
}

async function answer(url: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const);
  const asked = new Request(`${url}${request.url}`, {
    method: request.method ?? "GET",
    headers: new Headers(headers.map(([name, value]) => [name, value])),
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
  });
  const path = new URL(asked.url).pathname.split("/").slice(3);
  const given = await handleAuth(asked, { params: Promise.resolve({ nextauth: path }) });
  response.statusCode = given.status;
  for (const [name, value] of given.headers) response.appendHeader(name, value);
  response.end(Buffer.from(await given.arrayBuffer()));
}
