import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DatabaseClient, openDatabase } from "./client.ts";
import { type CuttingProxy, openCuttingProxy } from "./testing/cutting-proxy.ts";
import { openTestDatabase, type TestDatabase } from "./testing/database.ts";

/** A connection that breaks off in a transaction costs that transaction and nothing more. */
let database: TestDatabase;
let proxy: CuttingProxy;
let client: DatabaseClient;

beforeAll(async () => {
  database = await openTestDatabase();
  proxy = await openCuttingProxy(database.url);
  client = openDatabase(proxy.url, { connections: 2 });
});
afterAll(async () => {
  await client.close();
  await proxy.close();
  await database.close();
});

const answers = () => client.db.execute(sql`select 1`);

/** Cuts when so many queries are under way. */
async function cutWhileAsleep(queries: number): Promise<void> {
  const count = sql`select from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`;
  while ((await database.client.db.execute(count)).length < queries);
  proxy.cut();
}

test("cut while a query of the transaction runs", async () => {
  const cut = client.db.transaction(async (tx) => {
    await Promise.all([cutWhileAsleep(1), tx.execute(sql`select pg_sleep(30)`)]);
  });
  await expect(cut).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await answers();
});

test("cut between two queries of the transaction", async () => {
  const cut = client.db.transaction(async (tx) => {
    await tx.execute(sql`select 1`);
    proxy.cut();
    // By another connection: this process has heard of the cut by then.
    await answers();
    await tx.execute(sql`select 1`);
  });
  await expect(cut).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await answers();
});

test("cut in a savepoint, with several queries under way", async () => {
  const cut = client.db.transaction((tx) =>
    tx.transaction(async (inner) => {
      const sleeping = [1, 2, 3].map(() => inner.execute(sql`select pg_sleep(30)`));
      await Promise.all([cutWhileAsleep(1), ...sleeping]);
    }),
  );
  await expect(cut).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  await answers();
});

test("ended by the server, as when it shuts down", async () => {
  const ended = client.db.transaction(async (tx) => {
    const [row] = await tx.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await database.client.db.execute(sql`select pg_terminate_backend(${row?.pid})`);
    await tx.execute(sql`select 1`);
  });
  await expect(ended).rejects.toThrow();
  await answers();
});

test("what else breaks off in a transaction rolls it back, and holds nobody up", async () => {
  const elsewhere = Object.assign(new Error("another server hung up"), { code: "ECONNRESET" });
  const failing = () => Promise.reject(elsewhere);
  await expect(client.db.transaction(failing)).rejects.toBe(elsewhere);
  await expect(client.db.transaction((tx) => tx.transaction(failing))).rejects.toBe(elsewhere);
  const caught = await client.db.transaction(async (tx) => {
    await tx.transaction(failing).catch(() => undefined);
    return (await tx.execute(sql`select 1 as one`))[0];
  });
  expect(caught).toEqual({ one: 1 });
});
