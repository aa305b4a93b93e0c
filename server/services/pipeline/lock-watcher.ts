import { setTimeout as delay } from "node:timers/promises";
import postgres from "postgres";
import { sampleEveryMs } from "#server/domain/migration-locks.ts";
import { takeAccount } from "#server/kernel/take-account.ts";
import { driverAddress } from "./database-address.ts";
import { type LockReport, longestRelation, mostSampled, type WatchOrder } from "./lock-report.ts";
import { type SeenLocks, sampleLocks } from "./sample-locks.ts";

/**
 * A process beside a migration that looks at its locks in the service's database: see watch-locks.ts. It talks to a
 * server that may be anybody's, so that it has nothing of the portal's, and the rights of the service.
 */
const againAfterMs = 1_000;

process.on("disconnect", () => process.exit(0));
process.once("message", (order: WatchOrder) => {
  takeAccount(order.account);
  void watch(order);
});

async function watch({ address, applicationName }: WatchOrder): Promise<never> {
  const sql = openSql(address);
  for (;;) {
    const begunMs = performance.now();
    const report = await look(sql, applicationName);
    process.send?.(report);
    const tookMs = performance.now() - begunMs;
    // Never busier than half of the time, however slow the server is.
    await delay(report.kind === "problem" ? againAfterMs : Math.max(sampleEveryMs - tookMs, tookMs));
  }
}

function openSql(address: string): postgres.Sql {
  const { url, ...place } = driverAddress(address);
  return postgres(url, {
    ...place,
    max: 1,
    connect_timeout: 10,
    max_lifetime: null,
    // A pooler may give each statement another connection.
    prepare: false,
    fetch_types: false,
    backoff: () => 0,
    onnotice: () => undefined,
    connection: { application_name: "anytime-locks" },
  });
}

async function look(sql: postgres.Sql, applicationName: string): Promise<LockReport> {
  try {
    const seen = await sampleLocks(sql, { applicationName, most: mostSampled });
    return { kind: "sample", atMs: performance.now(), ...withinBounds(seen) };
  } catch (error) {
    return { kind: "problem", code: codeOf(error) };
  }
}

function withinBounds({ sessions, locks }: SeenLocks): SeenLocks {
  const bounded = locks.slice(0, mostSampled).map((lock) => ({ ...lock, relation: shown(lock.relation) }));
  return { sessions, locks: bounded };
}

function shown(relation: string): string {
  return relation.toWellFormed().replace(/\p{C}/gu, "\uFFFD").slice(0, longestRelation).toWellFormed();
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^[A-Z0-9_]{1,40}$/.test(code) ? code : "UNKNOWN";
}
