import { afterAll, beforeAll, expect, test } from "vitest";
import { openSilentDatabase } from "#db/testing/unreachable-database.ts";
import { databaseAwayText } from "#server/kernel/database-away.ts";
import { type BareServer, openBareServer } from "./testing/open-bare-server.ts";

/** What the bare server says while the database hangs: everybody hears of it in time. */
let server: BareServer;
beforeAll(async () => {
  server = await openBareServer(await openSilentDatabase(300));
});
afterAll(() => server.close());

const ask = (path: string) => fetch(server.url + path, { headers: { cookie: server.cookie } });

test.each(["/", "/services/shop", "/api/deployments/1/log"])("%s says so in words", async (path) => {
  const response = await ask(path);
  expect([response.status, await response.text()]).toEqual([503, `${databaseAwayText}\n`]);
});

test("the process is alive but not ready", async () => {
  expect((await ask("/healthz")).status).toBe(200);
  expect((await ask("/readyz")).status).toBe(503);
});
