import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import pino from "pino";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { openPortal, type Portal } from "#server/kernel/portal.ts";
import { newSession } from "#server/services/identity/session.ts";
import { sealSession } from "#server/services/identity/session-token.ts";

const sessionSecret = "a secret of at least thirty-two characters";

export interface ServedApi {
  url: string;
  /** What was logged, a line each. */
  logged: string[];
  /** Makes the headers of a page of this portal in which this user is signed in. */
  signedIn(user: { id: number; sessionVersion: number }): Promise<Record<string, string>>;
  close(): Promise<void>;
}

/** One API handler over real HTTP, as the whole portal of this test file. */
export async function serveApi(
  database: Portal["database"],
  handle: (request: Request) => Promise<Response>,
  environment: Record<string, string> = {},
): Promise<ServedApi> {
  const folder = await mkdtemp(join(tmpdir(), "anytime-api-"));
  const logged: string[] = [];
  openPortal(() => ({
    settings: loadEnvironment({ ANYTIME_DATA: folder, ...environment }),
    folders: dataFolderAt(folder),
    secrets: { sessionSecret },
    logger: pino({}, { write: (line) => logged.push(line) }),
    database,
  }));
  const server = createServer(async (incoming, outgoing) => {
    const { method = "GET", headers } = incoming;
    const request = new Request(new URL(incoming.url ?? "/", "http://portal"), {
      method,
      headers: headers as Record<string, string>,
      ...(method === "GET" || method === "HEAD" ? {} : { body: await buffer(incoming) }),
    });
    const response = await handle(request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    logged,
    async signedIn({ id, sessionVersion }) {
      const token = await sealSession(newSession({ userId: id, sessionVersion }, new Date()), sessionSecret);
      return { cookie: `anytime.session=${token}`, origin: url, "content-type": "application/json" };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
