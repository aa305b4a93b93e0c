import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { insertInstance, insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { systemContext } from "#server/kernel/context.ts";
import { startRouterProcess } from "#server/processes/traffic-router/testing/router-process.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { type BenchDatabase, openBenchDatabase } from "../switch/bench-database.ts";
import type { Subject } from "./subjects.ts";

/** A database with one service in production, whose only instance is the target. */
export async function openRoutes(folder: string, targetPort: number): Promise<BenchDatabase> {
  const database = await openBenchDatabase(join(folder, "postgres"));
  const client = openDatabase(database.url, { connections: 1, name: "bench" });
  const rows = await insertServiceEnvironment(client.sql, { service: "bench", environment: "production" });
  await insertInstance(client.sql, rows, { pool: "blue", port: targetPort });
  await switchPool(systemContext(client.db, "bench"), {
    serviceEnvironmentId: rows.serviceEnvironmentId,
    toPool: "blue",
    expectedGeneration: 0,
  });
  await client.close();
  return database;
}

/** The real router in front of the target. */
export async function startOurs(folder: string, targetPort: number): Promise<Subject> {
  const database = await openRoutes(folder, targetPort);
  const router = await startRouterProcess({ databaseUrl: database.url, dataFolder: folder });
  return {
    name: "ours",
    port: router.port,
    pid: router.child.pid ?? 0,
    async end() {
      await router.end();
      await database.close();
    },
  };
}
