import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { freePort } from "#db/testing/free-port.ts";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { type Context, systemContext } from "#server/kernel/context.ts";
import { setMirror } from "#server/services/traffic/set-mirror.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { type BenchDatabase, openBenchDatabase } from "../switch/bench-database.ts";

/** What stands where copies go to. */
export const kinds = ["none", "answers", "down", "stuck"] as const;
export type Kind = (typeof kinds)[number];

export const mirroredShare = 0.1;

/** A service of each kind, in production on the same target; a share of its requests is copied to staging. */
export async function openServices(
  folder: string,
  { targetPort, stagingPort, stuckPort }: { targetPort: number; stagingPort: number; stuckPort: number },
): Promise<BenchDatabase> {
  const database = await openBenchDatabase(join(folder, "postgres"));
  const client = openDatabase(database.url, { connections: 1, name: "bench" });
  const ctx = systemContext(client.db, "bench");
  const ports: Record<Kind, number | null> = {
    none: null,
    answers: stagingPort,
    down: await freePort(),
    stuck: stuckPort,
  };
  const place = async (service: string, environment: string, port: number) => {
    const rows = await insertServiceEnvironment(client.sql, { service, environment });
    await insertInstance(client.sql, rows, { pool: "blue", port });
    await makeLive(ctx, rows);
    return rows.serviceEnvironmentId;
  };
  for (const kind of kinds) {
    const serviceEnvironmentId = await place(kind, "production", targetPort);
    const port = ports[kind];
    if (port === null) continue;
    const toServiceEnvironmentId = await place(kind, "staging", port);
    const mirror = { toServiceEnvironmentId, share: mirroredShare, strip: [] };
    await setMirror(ctx, { serviceEnvironmentId, mirror, before: {}, after: {} });
  }
  await client.close();
  return database;
}

async function makeLive(ctx: Context, { serviceEnvironmentId }: TrafficRows): Promise<void> {
  await switchPool(ctx, { serviceEnvironmentId, toPool: "blue", expectedGeneration: 0 });
}
