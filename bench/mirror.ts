/**
 * What mirroring costs production: the same load on one router, in turns, for a service of which nothing is copied and
 * for others of which 10 % is, to where copies are answered, to where nobody is, and to where they hang. So many requests
 * a second as leave the machine some room: with none, the copies' own work would be measured. ANYTIME_BENCH_ROUNDS,
 * ANYTIME_BENCH_SECONDS and ANYTIME_BENCH_RATE say how often, how long and how fast each is asked.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { serviceHostName } from "#server/domain/host-names.ts";
import { startRouterProcess } from "#server/processes/traffic-router/testing/router-process.ts";
import { startSilentServer } from "#server/processes/traffic-router/testing/silent-server.ts";
import { quantile } from "./measuring/quantile.ts";
import { type Kind, kinds, mirroredShare, openServices } from "./mirror/services.ts";
import { measureSteadily, type Steady } from "./mirror/steady-load.ts";
import { startTarget } from "./router/subjects.ts";

/** Of production's p99 with copies to that without. */
const barRatio = 1.03;
const rounds = Number(process.env.ANYTIME_BENCH_ROUNDS ?? 15);
const seconds = Number(process.env.ANYTIME_BENCH_SECONDS ?? 3);
const perSecond = Number(process.env.ANYTIME_BENCH_RATE ?? 1_000);

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const [target, staging, stuck] = [await startTarget(), await startTarget(), await startSilentServer()];
const database = await openServices(folder, {
  targetPort: target.port,
  stagingPort: staging.port,
  stuckPort: stuck.port,
});
const router = await startRouterProcess({ databaseUrl: database.url, dataFolder: folder });
let isMet = false;
try {
  const ask = (kind: Kind, forSeconds: number) =>
    measureSteadily(router.port, serviceHostName(kind, "production"), { perSecond, seconds: forSeconds });
  // Not counted: compilers and connections warm up.
  for (const kind of kinds) await ask(kind, 2);
  const loadBefore = loadavg()[0] ?? 0;
  const measured: Record<Kind, Steady[]> = { none: [], answers: [], down: [], stuck: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < kinds.length; turn += 1) {
      // Each round begins with another, so that nobody always follows the same neighbour.
      const kind = kinds[(round + turn) % kinds.length] as Kind;
      measured[kind].push(await ask(kind, seconds));
    }
  }
  isMet = report(measured, await readCopies(database.url), loadBefore);
} finally {
  await router.end();
  stuck.close();
  await staging.end();
  await target.end();
  await database.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(isMet ? 0 : 1);

type Copies = Record<string, { answered: number; failed: number; leftOut: number }>;

async function readCopies(url: string): Promise<Copies> {
  const client = openDatabase(url, { connections: 1, name: "bench" });
  const rows = await client.sql`
    select s.slug, sum(answered)::int as answered, sum(failed)::int as failed, sum(left_out)::int as "leftOut"
    from mirror_counts c join service_environments se on se.id = c.service_environment_id
      join services s on s.id = se.service_id group by 1`;
  await client.close();
  return Object.fromEntries(
    rows.map(({ slug, answered, failed, leftOut }) => [slug, { answered, failed, leftOut }]),
  );
}

/** Ratios of the same round, and of those the median: what else the machine does meets neighbours alike. */
function report(measured: Record<Kind, Steady[]>, copies: Copies, loadBefore: number): boolean {
  console.log(
    `${rounds} rounds of ${seconds} s with ${perSecond} requests/s each; load of the machine ${loadBefore.toFixed(1)}`,
  );
  console.log(
    `${mirroredShare * 100} % copied to     p50 ms   p99 ms   p99 ratio   answered   failed   left out`,
  );
  const ratios: Partial<Record<Kind, number>> = {};
  const fields: Record<string, number> = {};
  for (const kind of kinds) {
    const p50 = quantile(
      measured[kind].map(({ p50Ms }) => p50Ms),
      0.5,
    );
    const p99 = quantile(
      measured[kind].map(({ p99Ms }) => p99Ms),
      0.5,
    );
    const ratio = quantile(
      measured[kind].map(({ p99Ms }, round) => p99Ms / (measured.none[round]?.p99Ms ?? Number.NaN)),
      0.5,
    );
    ratios[kind] = ratio;
    const { answered = 0, failed = 0, leftOut = 0 } = copies[kind] ?? {};
    const cells = [p50.toFixed(2), p99.toFixed(2), ratio.toFixed(3), answered, failed, leftOut];
    const widths = [9, 8, 11, 10, 8, 10];
    console.log(
      `  ${kind.padEnd(16)}${cells.map((cell, at) => String(cell).padStart(widths[at] ?? 0)).join(" ")}`,
    );
    Object.assign(fields, { [`${kind}_p50_ms`]: round3(p50), [`${kind}_p99_ms`]: round3(p99) });
  }
  const named = { p99_ratio: ratios.answers, p99_ratio_down: ratios.down, p99_ratio_stuck: ratios.stuck };
  const rounded = Object.fromEntries(
    Object.entries(named).map(([name, ratio]) => [name, round3(ratio ?? Number.NaN)]),
  );
  console.log(`The bar of each ratio is ${barRatio}.`);
  console.log(
    JSON.stringify({
      bench: "mirror",
      ...rounded,
      ...fields,
      rounds,
      seconds,
      per_second: perSecond,
      load_before: loadBefore,
    }),
  );
  return Object.values(named).every((ratio) => (ratio ?? Number.NaN) <= barRatio);
}

function round3(value: number): number {
  return Number(value.toFixed(3));
}
