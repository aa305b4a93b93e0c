import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import postgres from "postgres";
import { expect, test } from "vitest";
import { openTestDatabase } from "./testing/database.ts";

/**
 * Why `db/patches` has one for the driver: what a connection had not sent yet when it broke off stayed in front of what
 * it sent next time, and no timer was set any more. Every query then waited for `connect_timeout`, again and again.
 */
test("a connection that broke off before its query was sent works again at once", async () => {
  const database = await openTestDatabase();
  const { hostname, port } = new URL(database.url);
  let opened: Socket | undefined;
  const socket = async () => {
    opened = connect(Number(port), hostname);
    await once(opened, "connect");
    return opened;
  };
  const options = { max: 1, connect_timeout: 2, socket };
  const sql = postgres(database.url, options);
  try {
    await sql`select 1`;
    // In the event loop's phase after which sockets close: the query's own turn to be sent comes a round later.
    await setImmediate();
    const lost = sql`select 2`.execute();
    await Promise.resolve();
    opened?.destroy();
    await expect(lost).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(await sql`select 3 as answer`).toEqual([{ answer: 3 }]);
  } finally {
    await sql.end({ timeout: 1 });
    await database.close();
  }
});
