import { afterAll, beforeAll, expect, test } from "vitest";
import type { DatabaseClient } from "#db/client.ts";
import { openUnreachableDatabase } from "#db/testing/unreachable-database.ts";
import { databaseAwayText } from "#server/kernel/database-away.ts";
import { handleAuth } from "./handle-auth.ts";
import { handleTrpc } from "./handle-trpc.ts";
import { type ServedApi, serveApi } from "./testing/serve-api.ts";

/** The whole API while nothing answers at the database's address. */
let database: DatabaseClient;
let api: ServedApi;
let headers: Record<string, string>;

beforeAll(async () => {
  database = await openUnreachableDatabase();
  api = await serveApi(database, (request) => {
    const { pathname } = new URL(request.url);
    const [, , area, ...nextauth] = pathname.split("/");
    return area === "auth"
      ? handleAuth(request, { params: Promise.resolve({ nextauth }) })
      : handleTrpc(request);
  });
  headers = await api.signedIn({ id: 1, sessionVersion: 1 });
});
afterAll(async () => {
  await api.close();
  await database.close();
});

test("a query with a session says so, without the SQL", async () => {
  const response = await fetch(`${api.url}/api/trpc/session.current`, { headers });
  expect(response.status).toBe(503);
  const { error } = await response.json();
  expect(error.message).toBe(databaseAwayText);
  expect(error.data).toMatchObject({ code: "SERVICE_UNAVAILABLE", errorId: null });
});

test("a query without a session says so from within its procedure", async () => {
  const response = await fetch(`${api.url}/api/trpc/setup.status`);
  expect([response.status, (await response.json()).error.message]).toEqual([503, databaseAwayText]);
});

test("signing in says so where the form reads it, and no password counts as wrong", async () => {
  const response = await fetch(`${api.url}/api/auth/callback/credentials`, {
    method: "POST",
    headers,
    body: JSON.stringify({ email: "ada@example.org", password: "correct horse battery" }),
  });
  expect(response.status).toBe(503);
  const { message, url } = await response.json();
  expect([message, new URL(url).searchParams.get("error")]).toEqual([databaseAwayText, databaseAwayText]);
});

test("a session is not ended by it", async () => {
  const response = await fetch(`${api.url}/api/auth/session`, { headers });
  expect([response.status, response.headers.get("set-cookie")]).toEqual([503, null]);
});
