import { sql } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type DatabaseClient, openDatabase } from "./client.ts";
import { type CuttingProxy, openCuttingProxy } from "./testing/cutting-proxy.ts";
import { openTestDatabase, type TestDatabase } from "./testing/database.ts";

/** A database that hangs is told of, and what was told of as failed changes nothing once it answers again. */
let database: TestDatabase;
let line: CuttingProxy;
let client: DatabaseClient;

beforeAll(async () => {
  database = await openTestDatabase();
  line = await openCuttingProxy(database.url);
  client = openDatabase(line.url, { connections: 1, answerWithinMs: 1_000 });
  await database.ctx.db.execute(sql`create table words (note text)`);
});
afterAll(async () => {
  line.letPass();
  await client.close();
  await line.close();
  await database.close();
});
beforeEach(async () => {
  line.letPass();
  await database.ctx.db.execute(sql`truncate words`);
});

const late = { code: "NO_ANSWER" };
const write = sql`insert into words values ('written')`;
const words = async () => (await database.ctx.db.execute(sql`select note from words`)).length;

test("a query and a transaction fail in time while it hangs, and work again once it answers", async () => {
  await client.db.execute(write);
  line.hold();
  await expect(client.db.execute(sql`select 1`)).rejects.toMatchObject({ cause: late });
  await expect(client.db.transaction((tx) => tx.execute(write))).rejects.toMatchObject(late);
  line.letPass();
  expect(await client.db.transaction((tx) => tx.execute(sql`select 1 as one`))).toMatchObject([{ one: 1 }]);
  expect(await words()).toBe(1);
});

test("a transaction that is late is rolled back, whether it would go on or end", async () => {
  for (const goOn of [true, false]) {
    const over = Promise.withResolvers<unknown>();
    const transaction = client.db.transaction(async (tx) => {
      try {
        await tx.execute(write);
        line.hold();
        await tx.transaction((inner) => inner.execute(write));
        if (goOn) await tx.execute(write);
        over.resolve("went on to its end");
      } catch (error) {
        over.resolve(error);
        throw error;
      }
    });
    await expect(transaction).rejects.toMatchObject(late);
    line.letPass();
    await over.promise;
    // The one connection is free again only after the rollback.
    await client.db.execute(sql`select 1`);
    expect(await words()).toBe(0);
  }
});
