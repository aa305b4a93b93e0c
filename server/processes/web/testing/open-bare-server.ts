import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseClient } from "#db/client.ts";
import { type DataFolder, dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { openPortal } from "#server/kernel/portal.ts";
import { newSession } from "#server/services/identity/session.ts";
import { sealSession } from "#server/services/identity/session-token.ts";
import { openIntake } from "../intake/open-intake.ts";
import { openServer } from "../open-server.ts";

export interface BareServer {
  url: string;
  /** Of somebody who is signed in. */
  cookie: string;
  folders: DataFolder;
  /** Closes the database too. */
  close(): Promise<void>;
}

const sessionSecret = "a secret of at least thirty-two characters";

/** The portal's server on this database, with a word in the place of every page. One for each file of tests. */
export async function openBareServer(
  database: DatabaseClient,
  { takesTelemetry = false } = {},
): Promise<BareServer> {
  const folder = await mkdtemp(join(tmpdir(), "anytime-web-"));
  const folders = dataFolderAt(folder);
  const portal = openPortal(() => ({
    settings: loadEnvironment({ ANYTIME_DATA: folder, ANYTIME_DATABASE: "embedded" }),
    folders,
    secrets: { sessionSecret },
    logger: openLogger("test", "silent"),
    database,
  }));
  const drawn = (_: unknown, response: { end(text: string): unknown }) => response.end("drawn");
  const telemetry = takesTelemetry ? openIntake(portal) : null;
  const server = openServer(portal, {
    telemetry: telemetry ?? { answer: () => false },
    streams: { live: drawn, feed: drawn },
    pages: drawn,
    upgrade: null,
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const token = await sealSession(newSession({ userId: 1, sessionVersion: 1 }, new Date()), sessionSecret);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cookie: `anytime.session=${token}`,
    folders,
    async close() {
      server.closeAllConnections();
      server.close();
      await telemetry?.stop();
      await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
