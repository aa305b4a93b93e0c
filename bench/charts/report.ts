import { loadavg } from "node:os";
import { quantile } from "../measuring/quantile.ts";
import type { Filled } from "./fill-counts.ts";

const barMs = 50;

/** Of one question: how long its answers took, and how long the plainest query. */
export interface Measured {
  name: string;
  durations: number[];
  plain: number[];
  /** Of one answer. */
  bytes: number;
}

/** A table for people and, last, one line of JSON. True where no chart takes longer than its bar. */
export function printReport(
  measured: Measured[],
  run: { filled: Filled; requests: number; loadBefore: number },
): boolean {
  const counted = Object.entries(run.filled.rows).map(
    ([table, rows]) => `${rows.toLocaleString("en")} in ${table}`,
  );
  console.log(`Charts of a release, from the database to JSON; ms. Rows: ${counted.join(", ")}`);
  console.log(row("", ["p50", "p95", "plain p50", "plain p95", "kB"]));
  const kinds = measured.map(({ name, durations, plain, bytes }) => ({
    name,
    p50_ms: rounded(quantile(durations, 0.5)),
    p95_ms: rounded(quantile(durations, 0.95)),
    plain_p50_ms: rounded(quantile(plain, 0.5)),
    plain_p95_ms: rounded(quantile(plain, 0.95)),
    bytes,
  }));
  for (const { name, p50_ms, p95_ms, plain_p50_ms, plain_p95_ms, bytes } of kinds) {
    console.log(
      row(
        name,
        [p50_ms, p95_ms, plain_p50_ms, plain_p95_ms, bytes / 1_000].map((value) => value.toFixed(1)),
      ),
    );
  }
  const slowest = Math.max(...kinds.map(({ p95_ms }) => p95_ms));
  console.log(`Bar: the slowest chart's p95 at most ${barMs} ms`);
  console.log(
    JSON.stringify({
      bench: "charts",
      chart_p95_ms: slowest,
      plain_p95_ms: Math.max(...kinds.map(({ plain_p95_ms }) => plain_p95_ms)),
      requests_counted: run.requests,
      rows: run.filled.rows,
      n: measured[0]?.durations.length,
      kinds,
      load_before: rounded(run.loadBefore),
      load_after: rounded(loadavg()[0] ?? 0),
    }),
  );
  return slowest <= barMs;
}

function row(name: string, cells: string[]): string {
  return `${name.padEnd(24)}${cells.map((cell) => cell.padStart(11)).join("")}`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
