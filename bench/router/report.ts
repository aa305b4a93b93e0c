import { quantile } from "../measuring/quantile.ts";
import type { Load } from "./load.ts";

export interface Measured {
  name: string;
  loads: Load[];
}

/** Of our CPU time for a request to that of the bare Node proxy. */
const barRatio = 1.25;

/** A table of medians and, last, one line of JSON. True where the bar is met. */
export function printReport(
  measured: readonly Measured[],
  run: { rounds: number; seconds: number; loadBefore: number },
): boolean {
  const medians = measured.map(({ name, loads }) => ({ name, ...medianOf(loads) }));
  const cpuOf = (wanted: string) => medians.find(({ name }) => name === wanted)?.cpuUs ?? Number.NaN;
  const ratio = round(cpuOf("ours") / cpuOf("node"), 3);
  console.log(
    `Medians of ${run.rounds} rounds of ${run.seconds} s; load of the machine ${round(run.loadBefore, 1)}`,
  );
  console.log("               requests/s   p50 ms   p99 ms   CPU µs a request");
  for (const { name, requestsPerSecond, p50Ms, p99Ms, cpuUs } of medians) {
    const cells = [round(requestsPerSecond, 0), round(p50Ms, 2), round(p99Ms, 2), round(cpuUs, 1)];
    const [rps, p50, p99, cpu] = cells.map(String);
    console.log(
      `  ${name.padEnd(12)} ${rps?.padStart(10)} ${p50?.padStart(8)} ${p99?.padStart(8)} ${cpu?.padStart(8)}`,
    );
  }
  for (const name of ["haproxy", "nginx"].filter(
    (one) => !measured.some((subject) => subject.name === one),
  )) {
    console.log(`  ${name} is not installed: left out.`);
  }
  console.log(`CPU of ours to that of the Node proxy: ${ratio} (bar: ${barRatio})`);
  const fields = medians.flatMap(({ name, requestsPerSecond, p50Ms, p99Ms, cpuUs }) => [
    [`${name}_rps`, round(requestsPerSecond, 0)],
    [`${name}_p50_ms`, round(p50Ms, 3)],
    [`${name}_p99_ms`, round(p99Ms, 3)],
    [`${name}_cpu_us`, round(cpuUs, 1)],
  ]);
  console.log(
    JSON.stringify({
      bench: "router",
      ...Object.fromEntries(fields),
      embedded_cpu_ratio: ratio,
      rounds: run.rounds,
      seconds: run.seconds,
      load_before: run.loadBefore,
    }),
  );
  return ratio <= barRatio;
}

function medianOf(loads: readonly Load[]): Load {
  const median = (value: (load: Load) => number) => quantile(loads.map(value), 0.5);
  return {
    requestsPerSecond: median((load) => load.requestsPerSecond),
    p50Ms: median((load) => load.p50Ms),
    p99Ms: median((load) => load.p99Ms),
    cpuUs: median((load) => load.cpuUs),
  };
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
