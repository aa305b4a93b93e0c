import { loadavg } from "node:os";
import { quantile } from "../measuring/quantile.ts";

const barMs = 20;
const barRatio = 1.5;

/** Of one question: how long its answers took, at either size. */
export interface Measured {
  name: string;
  /** Shown, and held to no bar. */
  isDrawn: boolean;
  small: number[];
  large: number[];
}

/** A table for people and, last, one line of JSON. True where the bars are met by all answers of the API together. */
export function printReport(measured: Measured[], run: { loadBefore: number }): boolean {
  const asked = measured.filter(({ isDrawn }) => !isDrawn);
  const all = { small: asked.flatMap(({ small }) => small), large: asked.flatMap(({ large }) => large) };
  console.log("The feed over HTTP: pages by the API, JSON Feed; ms, 10 thousand and 10 million deployments");
  console.log(row("", ["10k p50", "10M p50", "10k p95", "10M p95", "ratio"]));
  for (const { name, ...durations } of measured) printRow(name, durations);
  printRow("All but the drawn ones", all);
  const slowest = Math.max(...asked.map((one) => of(one).large95));
  const { small95, large95, ratio } = of(all);
  console.log(`Bars, of all but the drawn ones: 10M p95 at most ${barMs} ms, ratio at most ${barRatio}`);
  console.log(
    JSON.stringify({
      bench: "feed-query",
      p95_10k_ms: rounded(small95),
      p95_10m_ms: rounded(large95),
      ratio: rounded(ratio),
      slowest_p95_10m_ms: rounded(slowest),
      requests: all.small.length + all.large.length,
      n: measured[0]?.large.length,
      kinds: measured.map((one) => ({
        name: one.name,
        p95_10k_ms: rounded(of(one).small95),
        p95_10m_ms: rounded(of(one).large95),
        ratio: rounded(of(one).ratio),
      })),
      load_before: rounded(run.loadBefore),
      load_after: rounded(loadavg()[0] ?? 0),
    }),
  );
  return large95 <= barMs && ratio <= barRatio;
}

type Durations = Pick<Measured, "small" | "large">;

function of({ small, large }: Durations) {
  const [small95, large95] = [quantile(small, 0.95), quantile(large, 0.95)];
  return {
    small50: quantile(small, 0.5),
    large50: quantile(large, 0.5),
    small95,
    large95,
    ratio: large95 / small95,
  };
}

function printRow(name: string, durations: Durations): void {
  const { small50, large50, small95, large95, ratio } = of(durations);
  console.log(
    row(
      name,
      [small50, large50, small95, large95, ratio].map((value) => value.toFixed(2)),
    ),
  );
}

function row(name: string, values: string[]): string {
  return `  ${name.padEnd(36)}${values.map((value) => value.padStart(9)).join("")}`;
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
