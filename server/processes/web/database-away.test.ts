import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabaseClient } from "#db/client.ts";
import { openUnreachableDatabase } from "#db/testing/unreachable-database.ts";
import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { databaseAwayText, databaseFullText } from "#server/kernel/database-away.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { openPortal } from "#server/kernel/portal.ts";
import { canMount, mountSmallDisk, unmount } from "#server/kernel/testing/small-disk.ts";
import { newSession } from "#server/services/identity/session.ts";
import { sealSession } from "#server/services/identity/session-token.ts";
import { openServer } from "./open-server.ts";

/** What the bare server says while nothing answers at the database's address. */
const sessionSecret = "a secret of at least thirty-two characters";
let database: DatabaseClient;
let folder: string;
let server: Server;
let url: string;
let cookie: string;

beforeAll(async () => {
  database = await openUnreachableDatabase();
  folder = await mkdtemp(join(tmpdir(), "anytime-web-"));
  const portal = openPortal(() => ({
    settings: loadEnvironment({ ANYTIME_DATA: folder, ANYTIME_DATABASE: "embedded" }),
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

test.each(["/", "/sign-in", "/services/shop", "/api/deployments/1/log"])(
  "%s says so in words",
  async (path) => {
    const response = await fetch(url + path, { headers: { cookie } });
    expect([response.status, await response.text()]).toEqual([503, `${databaseAwayText}\n`]);
    expect(response.headers.get("retry-after")).toBe("5");
  },
);

test.runIf(canMount)(
  "where the embedded database's disk is full, it says what has to be done",
  async ({ skip }) => {
    const { databaseFolder } = dataFolderAt(folder);
    if (!mountSmallDisk(databaseFolder, "1m")) skip("This machine lets nobody mount a small disk.");
    try {
      const response = await fetch(url, { headers: { cookie } });
      expect([response.status, await response.text()]).toEqual([503, `${databaseFullText}\n`]);
    } finally {
      unmount(databaseFolder);
    }
  },
);

test("files of pages need no database, and the process is alive but not ready", async () => {
  expect((await fetch(`${url}/_next/static/page.js`)).status).toBe(200);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(503);
});
