import type { LoadResult } from "./tally.ts";

const barMs = 50;

const returnBarMs = 1_000;

/** What one way of switching came to under the load. */
export interface Measured {
  name: string;
  /** From the command to the last request at the old pool. */
  switchMs: number[];
  commandMs: number[];
  /** How often a pool was given a share before a switch, or another share. */
  shareChanges: number;
  result: LoadResult;
}

/** A table for people and, last, one line of JSON. True where the bars are met. */
export function printReport(run: {
  ours: Measured;
  /** By pool, as the router has counted. */
  counted: Record<string, number>;
  yardsticks: Measured[];
  /** From asking for a switch-back to the first answer of the release gone back to. */
  returnMs: number[];
}): boolean {
  const { ours, yardsticks, returnMs } = run;
  const { result, switchMs } = ours;
  const isExact = Object.entries(result.pools).every(([pool, count]) => run.counted[pool] === count);
  const countedText = Object.entries(run.counted).map(([pool, count]) => `${pool} ${count}`);
  for (const measured of [ours, ...yardsticks]) printMeasured(measured);
  print("As our router has counted", `${countedText.join(", ")} (${isExact ? "exact" : "NOT the same"})`);
  const [p99, returnP99] = [quantile(switchMs, 0.99), quantile(returnMs, 0.99)];
  print("Asked to go back, to the first answer, p50", `${quantile(returnMs, 0.5)} ms`);
  print("                                       p99", `${returnP99} ms (bar: ${returnBarMs} ms)`);
  console.log(
    JSON.stringify({
      bench: "switch",
      switches: switchMs.length,
      share_changes: ours.shareChanges,
      requests: result.requests,
      failed: result.failed,
      counts_exact: isExact,
      switch_p50_ms: quantile(switchMs, 0.5),
      switch_p99_ms: p99,
      websockets: result.websockets,
      streams: result.streams,
      slow_requests: result.slowRequests,
      click_to_old_p50_ms: quantile(returnMs, 0.5),
      click_to_old_p99_ms: returnP99,
      returns: returnMs.length,
      yardsticks: yardsticks.map((one) => ({
        name: one.name,
        switches: one.switchMs.length,
        requests: one.result.requests,
        failed: one.result.failed,
        switch_p50_ms: quantile(one.switchMs, 0.5),
        switch_p99_ms: quantile(one.switchMs, 0.99),
        websockets: one.result.websockets,
        streams: one.result.streams,
      })),
    }),
  );
  return result.failed === 0 && isExact && p99 <= barMs && returnP99 <= returnBarMs;
}

function printMeasured(measured: Measured): void {
  const { name, switchMs, commandMs, result } = measured;
  const served = Object.entries(result.pools).map(([pool, count]) => `${pool} ${count}`);
  console.log(`${name}: ${switchMs.length} switches under load`);
  if (measured.shareChanges > 0) print("  Shares given or changed", measured.shareChanges);
  print("  Requests answered", `${result.requests} (${served.join(", ")})`);
  print("  Failed", result.failed);
  for (const [reason, count] of Object.entries(result.failures)) print(`    ${reason}`, count);
  print("  Websockets held over all switches", result.websockets);
  print("  Event streams held over all switches", result.streams);
  print("  Requests of 5 s", result.slowRequests);
  print("  Command to last request at the old pool, p50", `${quantile(switchMs, 0.5)} ms`);
  print(
    "                                           p99",
    `${quantile(switchMs, 0.99)} ms (bar for ours: ${barMs} ms)`,
  );
  print("                                       longest", `${quantile(switchMs, 1)} ms`);
  print("  The command itself, p50", `${quantile(commandMs, 0.5)} ms`);
}

function print(label: string, value: string | number): void {
  console.log(`${label.padEnd(46)} ${value}`);
}

/** Nearest rank, in milliseconds with one decimal. */
function quantile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return Math.round(value * 10) / 10;
}
