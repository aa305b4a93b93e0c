/**
 * Whether a deployment is ever lost, stuck or doubled: each round deploys under constant traffic, and at a random moment
 * kills or stops processes of the installation (workers, router, web, monitor, PostgreSQL), then brings them back. What
 * counts is what the steps wrote and what clients saw. `--quick` runs 10 rounds instead of 100; set
 * ANYTIME_BENCH_ROUNDS for more, ANYTIME_BENCH_SEED to meet the same rounds again.
 */
import { chmodSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { serviceHostName } from "#server/domain/host-names.ts";
import { systemContext } from "#server/kernel/context.ts";
import { build, isBuilt } from "#server/processes/supervisor/build.ts";
import { findDoubled, findWrong, type Span, splitFailures } from "./chaos/oracles.ts";
import { printReport } from "./chaos/report.ts";
import { openRounds } from "./chaos/rounds.ts";
import { readMarks } from "./chaos/sample.ts";
import { startTraffic } from "./chaos/traffic.ts";
import { openWorld } from "./chaos/world.ts";

const isQuick = process.argv.includes("--quick");
const rounds = Math.max(isQuick ? 10 : 100, Number(process.env.ANYTIME_BENCH_ROUNDS ?? 0));
const seed = Number(process.env.ANYTIME_BENCH_SEED ?? Date.now() % 1_000_000);

if (!isBuilt()) await build();
const folder = await mkdtemp(join(tmpdir(), "anytime-chaos-"));
// As root, PostgreSQL runs as another user, who must be able to pass through.
chmodSync(folder, 0o711);
// Where the worker is root, steps run under the service's own uid.
const marksFile = join(folder, "marks");
writeFileSync(marksFile, "");
chmodSync(marksFile, 0o666);
const world = await openWorld(folder, ["worker-a", "worker-b"]);
const client = openDatabase(world.databaseUrl, { connections: 2, name: "bench" });
const ctx = systemContext(client.db, "bench");
const { played, seen } = await play().finally(world.close);
const { outcomes, struck } = played;
const spansOf = (...names: string[]): Span[] => struck.filter(({ name }) => names.includes(name));
const failures = splitFailures(seen, spansOf("router"));
const passed = printReport({
  rounds,
  seed,
  outcomes,
  doubled: findDoubled(readMarks(marksFile)),
  wrong: findWrong(seen, played.namings, spansOf("router", "postgres")),
  requests: seen.length,
  ...failures,
});
if (passed) await rm(folder, { recursive: true, force: true });
else console.log(`What the processes said is in ${folder}.`);
process.exit(passed ? 0 : 1);

async function play() {
  const played = await openRounds({ world, ctx, sql: client.sql, marksFile, seed });
  await played.deployFirst();
  const host = `${serviceHostName("chaos", "staging")}:${world.routerPort}`;
  const traffic = startTraffic(world.routerPort, host);
  for (let round = 1; round <= rounds; round += 1) await played.play(round);
  await traffic.stop();
  await played.readNamings();
  await client.close();
  return { played, seen: traffic.seen };
}
