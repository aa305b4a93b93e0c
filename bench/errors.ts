/**
 * What errors cost: reading a stack trace and scrubbing a message; storing a batch of 500 sightings of a thousand kinds; and the
 * table of a review beside a month of a thousand kinds, each told of by two releases in every minute of an hour a day.
 * ANYTIME_BENCH_ROUNDS says how often each is done, ANYTIME_BENCH_MINUTES in how many minutes of a day. The database is filled first.
 */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import { migrate } from "#db/migrate.ts";
import { insertRelease, insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { describeError } from "#server/domain/describe-error.ts";
import type { ErrorSighting } from "#server/domain/error-sighting.ts";
import { parseStackTrace } from "#server/domain/stack-frames.ts";
import { systemContext } from "#server/kernel/context.ts";
import { listErrorsOf } from "#server/services/telemetry/list-errors-of.ts";
import { storeBatch } from "#server/services/telemetry/store-batch.ts";
import { quantile } from "./measuring/quantile.ts";

const rounds = Math.max(20, Number(process.env.ANYTIME_BENCH_ROUNDS ?? 50));
const [kinds, days, sightingsOfBatch, barMs] = [1_000, 30, 500, 100];
const minutesOfDay = Number(process.env.ANYTIME_BENCH_MINUTES ?? 60);
const settings = ["fsync=off", "synchronous_commit=off", "max_wal_size=8GB"];

const frames = Array.from(
  { length: 30 },
  (_, at) =>
    `    at Cart.step${at} (/data/releases/shop/42-0a1b2c3d4e5f/dist/cart-${at % 7}.js:${at + 1}:17)`,
);
const stack = `TypeError: no price\n${frames.join("\n")}`;
const message =
  "Cannot read properties of undefined (reading 'price') of ada@example.org at https://shop.example/x?token=1";
const readError = () => describeError({ type: "TypeError", message, frames: parseStackTrace(stack) });

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const server = await startEmbeddedPostgres({ folder: join(folder, "postgres"), password: "bench", settings });
try {
  await migrate(server.url);
  const client = openDatabase(server.url, { connections: 4, name: "bench" });
  const ctx = systemContext(client.db, "bench");
  const place = await insertServiceEnvironment(client.sql, { service: "shop", environment: "production" });
  const newReleaseId = await insertRelease(client.sql, place);
  const rows = await fill();
  const loadBefore = loadavg()[0] ?? 0;
  const now = Math.floor(Date.now() / 60_000) * 60;
  const sample = readError();
  const batch = (round: number): ErrorSighting[] =>
    Array.from({ length: sightingsOfBatch }, (_, at) => ({
      ...{
        serviceEnvironmentId: place.serviceEnvironmentId,
        releaseId: newReleaseId,
        source: "otlp",
        route: "/x",
      },
      ...sample,
      fingerprint: ((round * 13 + at) % kinds).toString(16).padStart(16, "0"),
      ...{ beginsAt: now, count: 1 },
    }));
  const described = await measure(async () => void readError(), 1_000);
  const stored = await measure((round) =>
    storeBatch(ctx, { counterId: randomUUID(), batch: 1, counts: [], errors: batch(round) }),
  );
  const range = { from: new Date((now - 1_800) * 1_000), to: new Date((now + 60) * 1_000) };
  const keys = { serviceEnvironmentId: place.serviceEnvironmentId, releaseId: newReleaseId };
  const listed = await measure(async () => {
    const { total } = await listErrorsOf(ctx, { ...keys, previousReleaseId: place.releaseId, ...range });
    if (total !== kinds) throw new Error(`${total} kinds were listed.`);
  });
  const figures = { read: described, store_batch: stored, list_of_review: listed };
  for (const [name, { p50, p95 }] of Object.entries(figures))
    console.log(`${name.padEnd(16)} p50 ${p50.toFixed(3)} ms, p95 ${p95.toFixed(3)} ms`);
  console.log(JSON.stringify({ rows, rounds, load_before: loadBefore, figures }));
  process.exitCode = listed.p95 <= barMs ? 0 : 1;
  await client.close();

  async function fill(): Promise<number> {
    const { sql } = client;
    await sql`select open_counts(now() - days * interval '1 day') from generate_series(0, ${days}::int) as days`;
    await sql`insert into error_groups (service_environment_id, fingerprint, type, message, culprit, source, first_release_id,
        first_seen_at, last_seen_at, sample)
      select ${place.serviceEnvironmentId}, lpad(to_hex(n), 16, '0'), 'TypeError', 'no price', 'src/cart.ts · total', 'otlp',
        ${place.releaseId}, now() - interval '30 days', now(), '{"releaseId": 1}'
      from generate_series(0, ${kinds - 1}::int) as n`;
    const counted = await sql`insert into error_counts
      select groups.id, date_trunc('minute', now()) - day * interval '1 day' - minute * interval '1 minute', release, 'otlp', 3
      from error_groups as groups, generate_series(0, ${days - 1}::int) as day, generate_series(1, ${minutesOfDay}::int) as minute,
        (values (${place.releaseId}::bigint), (${newReleaseId}::bigint)) as releases(release)`;
    await sql`analyze error_groups, error_counts`;
    return counted.count;
  }
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit();

async function measure(work: (round: number) => Promise<unknown>, times = rounds) {
  const durations: number[] = [];
  for (let round = 0; round < times + 5; round += 1) {
    const startedAt = performance.now();
    await work(round);
    if (round >= 5) durations.push(performance.now() - startedAt);
  }
  return { p50: quantile(durations, 0.5), p95: quantile(durations, 0.95) };
}
