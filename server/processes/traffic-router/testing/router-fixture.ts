import { mkdtemp, rm } from "node:fs/promises";
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import { readRouterProgress } from "#server/services/traffic/read-router-progress.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { type RouterProcess, startRouterProcess } from "./router-process.ts";

/** A router process on a database of its own, and what tests ask of both. */
export interface RouterFixture {
  database: TestDatabase;
  dataFolder: string;
  router: RouterProcess;
  /** One more router, with a data folder of its own; ended with the fixture at the latest. */
  startAnother(folder: string, settings?: AnotherRouter): Promise<RouterProcess>;
  /** A service in `production` or elsewhere, its pools filled with instances at these ports, live on `live`. */
  serve(
    service: string,
    pools: Partial<Record<PoolColor, number[]>>,
    live?: PoolColor,
    environment?: string,
  ): Promise<TrafficRows>;
  /** Moves the pointer and waits until the router has acknowledged it. */
  switchTo(rows: TrafficRows, toPool: PoolColor): Promise<void>;
  /** Has a release live there that runs behind no router. */
  moveElsewhere(rows: TrafficRows): Promise<void>;
  progress(rows: TrafficRows): Promise<{ generation: number; openToOldPools: number; openRequests: number }>;
  close(): Promise<void>;
}

interface AnotherRouter {
  databaseUrl?: string;
  port?: number;
  number?: number;
  variables?: Record<string, string>;
}

export async function openRouterFixture(): Promise<RouterFixture> {
  const database = await openTestDatabase();
  const dataFolder = await mkdtemp(join(tmpdir(), "router-test-"));
  const router = await startRouterProcess({ databaseUrl: database.url, dataFolder });
  const others: RouterProcess[] = [];
  const { sql } = database.client;
  const progress = async (rows: TrafficRows) => {
    const [one] = await readRouterProgress(database.ctx, rows.serviceEnvironmentId);
    return one ?? { generation: -1, openToOldPools: 0, openRequests: 0 };
  };
  const switchTo = async (rows: TrafficRows, toPool: PoolColor) => {
    const { serviceEnvironmentId } = rows;
    const [pointer] = await sql`
      select generation from pointers where service_environment_id = ${serviceEnvironmentId}`;
    const expectedGeneration = Number(pointer?.generation);
    const { generation } = await switchPool(database.ctx, {
      serviceEnvironmentId,
      toPool,
      expectedGeneration,
    });
    await until(async () => (await progress(rows)).generation === generation);
  };
  return {
    database,
    dataFolder,
    router,
    progress,
    switchTo,
    async serve(service, pools, live = "blue", environment = "production") {
      const rows = await insertServiceEnvironment(sql, { service, environment });
      for (const pool of ["blue", "green"] as const) {
        for (const port of pools[pool] ?? []) await insertInstance(sql, rows, { pool, port });
      }
      await switchTo(rows, live);
      return rows;
    },
    async moveElsewhere(rows) {
      await sql`update pools set status = 'ready', target = 'script'
        where service_environment_id = ${rows.serviceEnvironmentId} and color = 'green'`;
      await switchTo(rows, "green");
    },
    async startAnother(folder, settings = {}) {
      const another = await startRouterProcess({
        databaseUrl: database.url,
        dataFolder: join(dataFolder, folder),
        ...settings,
      });
      others.push(another);
      return another;
    },
    async close() {
      await Promise.all([router, ...others].map((one) => one.end()));
      await database.close();
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: string;
}

/** One request by the service's host name, on a connection of its own unless an agent is given. */
export async function ask(
  port: number,
  host: string,
  options: RequestOptions & { body?: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { body, headers, ...rest } = options;
  const asked = request(
    { host: "127.0.0.1", port, agent: false, ...rest, headers: { Host: host, ...headers } },
    resolve,
  );
  asked.on("error", reject);
  asked.end(body);
  const answer = await promise;
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

/** Resolves when `condition` holds; the test's own timeout is the bound. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5));
}
