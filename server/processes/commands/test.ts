import { performance } from "node:perf_hooks";
import { formatDurationMs } from "#server/domain/durations.ts";
import { ensureChromium } from "./checks/ensure-chromium.ts";
import { type Check, type Count, runCommandCheck, runPlaywright, runVitest } from "./checks/run-check.ts";

/**
 * `npm test`: everything that must hold before a change lands, in the order in which it fails fastest.
 * `npm test -- lint types` runs only the named ones.
 */
const checks: Check[] = [
  { name: "lint", run: () => runCommandCheck("biome", ["check", "--error-on-warnings", "."]) },
  { name: "types", run: () => runCommandCheck("tsc", ["--noEmit"]) },
  { name: "unused", run: () => runCommandCheck("knip", ["--config", "server/knip.json"]) },
  { name: "rooms", run: () => runVitest("server/vitest.config.ts") },
  { name: "build", run: () => runCommandCheck("next", ["build"]) },
  { name: "portal", run: () => runVitest("server/vitest.portal.config.ts") },
  { name: "e2e", run: async () => runPlaywright("e2e/playwright.config.ts", await ensureChromium()) },
];

/** Exit code 0 when all passed; 1 when something failed; 2 for an unknown name. Closes with `N passed, N failed`. */
export async function test(names: string[]): Promise<number> {
  const unknown = names.filter((name) => checks.every((check) => check.name !== name));
  if (unknown.length > 0) {
    console.error(
      `No check is named ${unknown.join(", ")}. There are: ${checks.map((check) => check.name).join(", ")}.`,
    );
    return 2;
  }
  const chosen = names.length === 0 ? checks : checks.filter((check) => names.includes(check.name));
  const total: Count = { passed: 0, failed: 0, failures: [] };
  for (const check of chosen) {
    const count = await runOne(check);
    total.passed += count.passed;
    total.failed += count.failed;
    total.failures.push(...count.failures.map((failure) => `${check.name}: ${failure}`));
  }
  if (total.failures.length > 0) console.log(`\nFailed:\n${total.failures.join("\n")}`);
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
}

async function runOne(check: Check): Promise<Count> {
  console.log(`\n── ${check.name}`);
  const startedAt = performance.now();
  const count = await check.run();
  const took = formatDurationMs(performance.now() - startedAt);
  console.log(`── ${check.name}: ${count.passed} passed, ${count.failed} failed in ${took}`);
  return count;
}
