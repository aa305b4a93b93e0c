import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { migrate } from "#db/migrate.ts";
import { buildHistory } from "./build-history.ts";

export interface History {
  url: string;
  close(): Promise<void>;
}

const password = "bench";
const keptForMs = 7 * 24 * 3_600_000;
/** Nothing is lost by a power cut while it is built: it is built anew. */
const buildSettings = [
  ...[
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "wal_level=minimal",
    "max_wal_senders=0",
  ],
  ...[
    "max_wal_size=16GB",
    "checkpoint_timeout=1h",
    "autovacuum=off",
    "work_mem=1GB",
    "maintenance_work_mem=1GB",
  ],
];

/**
 * A database with a history of so many deployments, on a server of its own. It is built once and kept, in
 * ANYTIME_BENCH_CACHE or the folder for temporary files, until migrations or the builder change. One bench
 * at a time; whoever writes to it takes that back.
 */
export async function openHistory(deployments: number): Promise<History> {
  const cache = process.env.ANYTIME_BENCH_CACHE ?? join(tmpdir(), "anytime-bench-history");
  mkdirSync(cache, { recursive: true });
  // As root, PostgreSQL runs as another user, who must be able to pass through.
  chmodSync(cache, 0o711);
  const folder = join(cache, `${deployments}-${sourceHash()}`);
  if (!existsSync(folder)) await build(cache, folder, deployments);
  utimesSync(cache, new Date(), new Date());
  utimesSync(folder, new Date(), new Date());
  const server = await startEmbeddedPostgres({ folder, password });
  return { url: server.url, close: server.stop };
}

async function build(cache: string, folder: string, deployments: number): Promise<void> {
  removeForgotten(cache);
  console.error(`Building a history of ${deployments} deployments in ${folder}; it is kept.`);
  const startedAt = performance.now();
  const beside = join(cache, `building-${deployments}-${process.pid}`);
  let server: EmbeddedPostgres | null = null;
  try {
    server = await startEmbeddedPostgres({ folder: beside, password, settings: buildSettings });
    await migrate(server.url);
    await buildHistory(server.url, deployments);
    await server.stop();
    server = null;
    await rename(beside, folder);
  } finally {
    await server?.stop();
    rmSync(beside, { recursive: true, force: true });
  }
  console.error(`It took ${Math.round((performance.now() - startedAt) / 1_000)} s.`);
}

/** Those of other versions of the code, once nobody has opened them for a week. */
function removeForgotten(cache: string): void {
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    const isRunning = existsSync(join(folder, "postmaster.pid"));
    if (isRunning || Date.now() - statSync(folder).mtimeMs < keptForMs) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of all that decides what is in it. */
function sourceHash(): string {
  const migrations = fileURLToPath(new URL("../../db/migrations", import.meta.url));
  const files = [
    ...readdirSync(migrations)
      .filter((name) => name.endsWith(".sql"))
      .sort()
      .map((name) => join(migrations, name)),
    ...["build-history.ts", "history-statements.ts", "insight-statements.ts"].map((name) =>
      join(import.meta.dirname, name),
    ),
  ];
  const hash = createHash("sha256");
  for (const file of files) hash.update(basename(file)).update("\0").update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
