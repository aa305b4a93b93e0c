import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "#db/testing/free-port.ts";
import { startPortal } from "../e2e/portal/start-portal.ts";

/**
 * How long `npm start` takes until the portal answers: the first start of a new data folder, then the ones after it.
 * The pages are built before, so that a changed checkout does not count as a slow start.
 */
const rounds = 5;
const folder = mkdtempSync(join(tmpdir(), "anytime-bench-start-"));
const options = {
  dataFolder: join(folder, "data"),
  portalPort: await freePort(),
  routerPort: await freePort(),
};

async function measure(): Promise<number> {
  const startedAt = performance.now();
  const answering = untilAnswering(`http://localhost:${options.portalPort}/readyz`).then(
    () => performance.now() - startedAt,
  );
  const portal = await startPortal(options);
  const durationMs = await answering;
  await portal.stop();
  return durationMs;
}

async function untilAnswering(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok === true) return;
    await delay(20);
  }
}

try {
  // Builds the pages where they are missing; not counted.
  const warm = await startPortal({ ...options, dataFolder: join(folder, "warm") });
  await warm.stop();
  const firstMs = await measure();
  const laterMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) laterMs.push(await measure());
  laterMs.sort((one, other) => one - other);
  const medianMs = Math.round(laterMs[Math.floor(rounds / 2)] ?? 0);
  console.log("npm start until the portal answers");
  console.log(`  first start of a data folder   ${Math.round(firstMs)} ms`);
  console.log(`  later starts, median of ${rounds}     ${medianMs} ms`);
  console.log(`  later starts, slowest          ${Math.round(laterMs.at(-1) ?? 0)} ms`);
  console.log(
    JSON.stringify({ bench: "start", start_ms: medianMs, first_start_ms: Math.round(firstMs), rounds }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
