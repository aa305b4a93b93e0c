import { afterAll, beforeAll, expect, test } from "vitest";
import { openUnreachableDatabase } from "#db/testing/unreachable-database.ts";
import { databaseAwayText, databaseFullText } from "#server/kernel/database-away.ts";
import { canMount, mountSmallDisk, unmount } from "#server/kernel/testing/small-disk.ts";
import { type BareServer, openBareServer } from "./testing/open-bare-server.ts";

/** What the bare server says while nothing answers at the database's address. */
let server: BareServer;
beforeAll(async () => {
  server = await openBareServer(await openUnreachableDatabase());
});
afterAll(() => server.close());

const ask = (path: string) => fetch(server.url + path, { headers: { cookie: server.cookie } });

test.each(["/", "/sign-in", "/services/shop", "/api/deployments/1/log"])(
  "%s says so in words",
  async (path) => {
    const response = await ask(path);
    expect([response.status, await response.text()]).toEqual([503, `${databaseAwayText}\n`]);
    expect(response.headers.get("retry-after")).toBe("5");
  },
);

test.runIf(canMount)(
  "where the embedded database's disk is full, it says what has to be done",
  async ({ skip }) => {
    const { databaseFolder } = server.folders;
    if (!mountSmallDisk(databaseFolder, "1m")) skip("This machine lets nobody mount a small disk.");
    try {
      const response = await ask("/");
      expect([response.status, await response.text()]).toEqual([503, `${databaseFullText}\n`]);
    } finally {
      unmount(databaseFolder);
    }
  },
);

test("files of pages need no database, and the process is alive but not ready", async () => {
  expect((await ask("/_next/static/page.js")).status).toBe(200);
  expect((await ask("/healthz")).status).toBe(200);
  expect((await ask("/readyz")).status).toBe(503);
});
