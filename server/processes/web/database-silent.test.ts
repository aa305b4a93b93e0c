import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabaseClient } from "#db/client.ts";
import { openSilentDatabase } from "#db/testing/unreachable-database.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { databaseAwayText } from "#server/kernel/database-away.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { openPortal } from "#server/kernel/portal.ts";
import { newSession } from "#server/services/identity/session.ts";
import { sealSession } from "#server/services/identity/session-token.ts";
import { openServer } from "./open-server.ts";

/** What the bare server says while the database hangs: everybody hears of it in time. */
const sessionSecret = "a secret of at least thirty-two characters";
let database: DatabaseClient;
let folder: string;
let server: Server;
let url: string;
let cookie: string;

beforeAll(async () => {
  database = await openSilentDatabase(300);
  folder = await mkdtemp(join(tmpdir(), "anytime-web-"));
  const portal = openPortal(() => ({
    settings: loadEnvironment({ ANYTIME_DATA: folder }),
    folders: dataFolderAt(folder),
    secrets: { sessionSecret },
    logger: openLogger("test", "silent"),
    database,
  }));
  const drawn = (_: unknown, response: { end(text: string): unknown }) => response.end("drawn");
  server = openServer(portal, { live: drawn, pages: drawn, upgrade: null }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = await sealSession(newSession({ userId: 1, sessionVersion: 1 }, new Date()), sessionSecret);
  cookie = `anytime.session=${token}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await database.close();
  await rm(folder, { recursive: true });
});

test.each(["/", "/services/shop", "/api/deployments/1/log"])("%s says so in words", async (path) => {
  const response = await fetch(url + path, { headers: { cookie } });
  expect([response.status, await response.text()]).toEqual([503, `${databaseAwayText}\n`]);
});

test("the process is alive but not ready", async () => {
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
});
