/**
 * Whether what was promised to channels arrives: 10,000 deliveries to a receiver on this machine that fails every fifth
 * request, hangs, answers 429 with Retry-After, refuses some for good and is down for two hours of an injected clock, told
 * of by writers that commit in another order than they began. Several monitors send at once, and at times one of them is
 * gone between a request and writing down what came of it. Set ANYTIME_BENCH_SEED to see one run again.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { parseSealingKey } from "#server/kernel/sealed-value.ts";
import { openWorld } from "./broadcast/open-world.ts";
import { printReport } from "./broadcast/report.ts";
import { openUnreliableReceiver } from "./broadcast/unreliable-receiver.ts";
import { randomFrom } from "./chaos/random.ts";
import { openBenchDatabase } from "./switch/bench-database.ts";

const seed = Number(process.env.ANYTIME_BENCH_SEED ?? Date.now() % 1_000_000);
const random = randomFrom(seed);
const keys = () => [parseSealingKey("c".repeat(64))].filter((key) => key !== null);

const dataFolder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const database = await openBenchDatabase(join(dataFolder, "postgres"));
const client = openDatabase(database.url, { connections: 16, name: "bench" });
const receiver = await openUnreliableReceiver(random);
const world = await openWorld({ client, receiver, keys, random });

const begun = performance.now();
await world.run();
const seconds = (performance.now() - begun) / 1_000;
const outcome = await world.look();
await receiver.close();
await client.close();
await database.close();
await rm(dataFolder, { recursive: true, force: true });
process.exit(printReport({ seed, seconds, outcome, receiver }) ? 0 : 1);
