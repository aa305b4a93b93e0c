import { expect, test } from "vitest";
import { until } from "#server/processes/deploy-worker/testing/open-lab.ts";
import { openOwnDatabase } from "#server/processes/deploy-worker/testing/open-own-database.ts";
import { listen, notify } from "./notifications.ts";

test("a listener hears again after the server was killed, and closes also where it is gone", async () => {
  const database = await openOwnDatabase();
  const heard: string[] = [];
  let connected = 0;
  const listener = await listen(database.client.sql, {
    onNotice: ({ id }) => heard.push(id),
    onResync: () => {
      connected += 1;
    },
  });
  await database.kill();
  await until(
    async () => connected,
    (times) => times >= 2,
  );
  await until(
    () =>
      notify(database.ctx, "queue", "after").then(
        () => true,
        () => false,
      ),
    (isSent) => isSent,
  );
  await until(
    async () => heard,
    (ids) => ids.includes("after"),
  );
  await database.leave();
  await database.kill();
  await listener.close();
  await database.close();
  expect(heard).toContain("after");
});
