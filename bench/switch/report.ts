import type { LoadResult } from "./tally.ts";

const barMs = 50;

/** A table for people and, last, one line of JSON. True where both bars are met. */
export function printReport(run: {
  switches: number;
  switchMs: number[];
  commandMs: number[];
  result: LoadResult;
  /** By pool, as the router has counted. */
  counted: Record<string, number>;
}): boolean {
  const { result } = run;
  const [p50, p99, longest] = [0.5, 0.99, 1].map((share) => quantile(run.switchMs, share)) as [
    number,
    number,
    number,
  ];
  const served = Object.entries(result.pools).map(([pool, count]) => `${pool} ${count}`);
  print("Switches under load", run.switches);
  print("Requests answered", `${result.requests} (${served.join(", ")})`);
  const isExact = Object.entries(result.pools).every(([pool, count]) => run.counted[pool] === count);
  const countedText = Object.entries(run.counted).map(([pool, count]) => `${pool} ${count}`);
  print("As the router has counted", `${countedText.join(", ")} (${isExact ? "exact" : "NOT the same"})`);
  print("Failed", result.failed);
  for (const [reason, count] of Object.entries(result.failures)) print(`  ${reason}`, count);
  print("Websockets held over all switches", result.websockets);
  print("Event streams held over all switches", result.streams);
  print("Requests of 5 s", result.slowRequests);
  print("Command to last request at the old pool, p50", `${p50} ms`);
  print("                                         p99", `${p99} ms (bar: ${barMs} ms)`);
  print("                                     longest", `${longest} ms`);
  print("The command itself, p50", `${quantile(run.commandMs, 0.5)} ms`);
  print("                    p99", `${quantile(run.commandMs, 0.99)} ms`);
  console.log(
    JSON.stringify({
      bench: "switch",
      switches: run.switches,
      requests: result.requests,
      failed: result.failed,
      counts_exact: isExact,
      switch_p50_ms: p50,
      switch_p99_ms: p99,
      websockets: result.websockets,
      streams: result.streams,
      slow_requests: result.slowRequests,
    }),
  );
  return result.failed === 0 && isExact && p99 <= barMs;
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
