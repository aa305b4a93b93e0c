import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { type CountRow, noRequests } from "#server/domain/request-counts.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { requestSample } from "#server/services/deployments/request-sample.ts";
import { storeBatch } from "#server/services/telemetry/store-batch.ts";
import { countSwitches } from "./count-switches.ts";

let database: TestDatabase;
let serviceEnvironmentId: number;
const counterId = "00000000-0000-4000-8000-000000000001";

beforeAll(async () => {
  database = await openTestDatabase();
  const place = { service: "shop", environment: "production" };
  ({ serviceEnvironmentId } = await insertServiceEnvironment(database.client.sql, place));
});
afterAll(() => database.close());

const row = (beginsAt: number, counts: Partial<CountRow>): CountRow => ({
  ...{ serviceEnvironmentId, source: "router", releaseId: 1, route: "/", half: 0, byShare: false },
  ...{ beginsAt, seconds: 1 },
  ...noRequests(),
  ...counts,
});
let batch = 0;
const store = (counts: CountRow[]) => storeBatch(database.ctx, { counterId, batch: ++batch, counts });

async function switched(secondsAgo: number): Promise<{ id: number; at: number }> {
  const { id } = await requestSample(database.ctx, serviceEnvironmentId);
  const [found] = await database.client.sql`
    update deployments set status = 'succeeded', started_at = now(), finished_at = now(), switched_at = clock_timestamp() - ${secondsAgo} * interval '1 second'
    where id = ${id} returning extract(epoch from switched_at)::float8 as at`;
  return { id, at: Math.floor(found?.at) };
}
const countsOf = async (id: number) => (await getDeployment(database.ctx, id)).switchCounts;

test("what was counted around a switch is written down with it, once it is complete", async () => {
  const [done, late] = [await switched(60), await switched(3)];
  await store([
    row(done.at - 20, { requests: 1_000 }),
    row(done.at - 2, { requests: 10, serverErrors: 1, releaseId: 1 }),
    row(done.at + 1, { requests: 5, aborted: 2, releaseId: 2 }),
    row(done.at + 20, { requests: 1_000 }),
    row(late.at, { requests: 7 }),
    row(done.at, { requests: 50, source: "otlp" }),
  ]);
  await countSwitches(database.ctx);
  expect(await countsOf(done.id)).toEqual({ requests: 15, serverErrors: 1, aborted: 2, strays: 0 });
  expect(await countsOf(late.id)).toBeNull();
  await store([row(done.at, { requests: 99 })]);
  await countSwitches(database.ctx);
  expect(await countsOf(done.id)).toMatchObject({ requests: 15 });
});
