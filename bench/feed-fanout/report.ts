import { loadavg } from "node:os";
import type { Checked } from "./messages.ts";

const barMs = 300;
const barKibibytes = 16;

export interface Run {
  subscribers: number;
  events: number;
  overtaken: number;
  restarts: number;
  checked: Checked;
  /** Of the web process, without garbage: before anybody listened, with all of them, and once they were told things. */
  rssBytes: { before: number; open: number; told: number };
  loadBefore: number;
}

/** A table for people and, last, one line of JSON. True where the bars are met. */
export function printReport(run: Run): boolean {
  const { checked, rssBytes, subscribers } = run;
  const kibibytes = (bytes: number) => Number(((bytes - rssBytes.before) / 1_024 / subscribers).toFixed(2));
  const [open, told] = [kibibytes(rssBytes.open), kibibytes(rssBytes.told)];
  const p = (q: number) => quantileOf(checked.steady, q);
  const print = (label: string, value: string | number) => console.log(`  ${label.padEnd(44)} ${value}`);
  console.log(`The live feed, ${subscribers} subscribers at one web process`);
  print("public events", run.events);
  print("  committed before one that began earlier", run.overtaken);
  print("from commit to a subscriber, p50", `${p(0.5)} ms`);
  print("                             p99", `${p(0.99)} ms (bar: ${barMs} ms)`);
  print("                         slowest", `${p(1)} ms`);
  print(`around ${run.restarts} restarts of web, slowest`, `${quantileOf(checked.interrupted, 1)} ms`);
  print("memory of web for each, listening", `${open} KiB (bar: ${barKibibytes} KiB)`);
  print("                        after the events", `${told} KiB`);
  const { lost, disordered, repeated, unexpected, resets } = checked;
  print("lost", `${lost} (bar: 0)`);
  print("heard in another order than committed", disordered);
  print("heard again after an interruption", repeated);
  print("not for the public", unexpected);
  print("told to read the page anew", resets);
  console.log(
    JSON.stringify({
      bench: "feed-fanout",
      subscribers,
      events: run.events,
      fanout_p50_ms: p(0.5),
      fanout_p99_ms: p(0.99),
      fanout_slowest_ms: p(1),
      restart_slowest_ms: quantileOf(checked.interrupted, 1),
      kb_per_subscriber: open,
      kb_per_subscriber_told: told,
      ...{ lost, disordered, repeated, unexpected, resets },
      overtaken: run.overtaken,
      restarts: run.restarts,
      load_before: run.loadBefore,
      load_after: loadavg()[0],
    }),
  );
  return p(0.99) <= barMs && open <= barKibibytes && lost + disordered + unexpected === 0;
}

/** `counts[n]` is how many took n milliseconds. */
function quantileOf(counts: number[], q: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let seen = 0;
  for (const [milliseconds, count] of counts.entries()) {
    seen += count;
    if (count > 0 && seen >= total * q) return milliseconds;
  }
  return 0;
}
