/**
 * How long insights take at ten million deployments and a hundred thousand incidents, asked over HTTP of a web process in
 * production mode; and, on a history of ten thousand, whether each answer is exactly what a slow reading of every row says.
 * ANYTIME_BENCH_REQUESTS asks each question more often than 30 times, ANYTIME_BENCH_DEPLOYMENTS builds another history.
 * Needs `npm test -- build`; the histories are built first and kept, which takes some minutes (ANYTIME_BENCH_CACHE says where).
 */

import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { openDatabase } from "#db/client.ts";
import { referenceFigures } from "#db/testing/insight-reference.ts";
import type { Insights } from "#server/domain/insights.ts";
import { systemContext } from "#server/kernel/context.ts";
import { rollUp } from "#server/services/insights/roll-up.ts";
import { openHistory } from "./history/open-history.ts";
import { questions } from "./insights/questions.ts";
import { quantile } from "./measuring/quantile.ts";
import { makeSession, startWeb } from "./web/web-process.ts";

const barMs = 200;
const requests = Math.max(30, Number(process.env.ANYTIME_BENCH_REQUESTS ?? 30));
const warmUp = 5;
const largeDeployments = Number(process.env.ANYTIME_BENCH_DEPLOYMENTS ?? 10_000_000);
const smallDeployments = 10_000;

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
let passed = false;
try {
  const loadBefore = loadavg()[0] ?? 0;
  const wrong = await on("small", smallDeployments, checkAnswers);
  const { measured, rolledUp } = await on("large", largeDeployments, measure);
  passed = report(measured, { wrong, rolledUp, loadBefore });
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);

interface Place {
  ask(query: Record<string, string>): Promise<Insights>;
  sql: ReturnType<typeof openDatabase>["sql"];
  rolledUp: { marks: number; seconds: number };
}

async function on<Result>(
  name: string,
  deployments: number,
  work: (place: Place) => Promise<Result>,
): Promise<Result> {
  const history = await openHistory(deployments);
  const client = openDatabase(history.url, { connections: 2, name: "bench" });
  try {
    const rolledUp = await addUp(client);
    const dataFolder = join(folder, name);
    const cookie = await makeSession(client.sql, dataFolder);
    const web = await startWeb({ databaseUrl: history.url, dataFolder });
    try {
      const ask = async (query: Record<string, string>): Promise<Insights> => {
        const input = encodeURIComponent(JSON.stringify(query));
        const answer = await fetch(`${web.url}/api/trpc/insights.page?input=${input}`, {
          headers: { cookie: `${cookie.name}=${cookie.value}` },
        });
        const body = await answer.text();
        if (answer.status !== 200) throw new Error(`${answer.status} ${body.slice(0, 300)}`);
        return JSON.parse(body).result.data.insights;
      };
      return await work({ ask, sql: client.sql, rolledUp });
    } finally {
      await web.stop();
    }
  } finally {
    await client.close();
    await history.close();
  }
}

/** Nothing where an earlier run has done it: it stays in the history. */
async function addUp({ db, sql }: ReturnType<typeof openDatabase>): Promise<Place["rolledUp"]> {
  const ctx = systemContext(db, "bench");
  const startedAt = performance.now();
  let marks = 0;
  for (let taken = -1; taken !== 0; marks += taken) taken = await rollUp(ctx);
  if (marks > 0) await sql`vacuum analyze insight_counts`;
  return { marks, seconds: (performance.now() - startedAt) / 1_000 };
}

async function checkAnswers({ ask, sql }: Place): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, query } of questions) {
    const { from, to, total, periods } = await ask(query);
    for (const { figures, ...days } of [{ from, to, figures: total }, ...periods]) {
      const asked = { environment: "production", ...query, from: days.from, to: days.to };
      const { byCommits, byLines, ...expected } = await referenceFigures(sql, asked);
      const bySize = "byLines" in figures ? { byCommits, byLines } : {};
      if (!isDeepStrictEqual(withoutIntervals(figures), { ...expected, ...bySize })) {
        wrong.push(`${name}, ${days.from} to ${days.to}`);
      }
    }
  }
  return wrong;
}

/** They follow from the numbers beside them. */
function withoutIntervals(figures: object): unknown {
  return JSON.parse(JSON.stringify(figures, (name, value) => (name === "failRate" ? undefined : value)));
}

async function measure({ ask, rolledUp }: Place) {
  const measured = questions.map(({ name }) => ({ name, durations: [] as number[] }));
  for (let round = 0; round < warmUp + requests; round += 1) {
    for (const [at, { query }] of questions.entries()) {
      const startedAt = performance.now();
      await ask(query);
      if (round >= warmUp) measured[at]?.durations.push(performance.now() - startedAt);
    }
  }
  return { measured, rolledUp };
}

function report(
  measured: { name: string; durations: number[] }[],
  run: { wrong: string[]; rolledUp: Place["rolledUp"]; loadBefore: number },
): boolean {
  console.log(`Insights over HTTP at ${largeDeployments.toLocaleString("en")} deployments; ms`);
  const row = (name: string, durations: number[]) =>
    console.log(
      `  ${name.padEnd(44)}${[0.5, 0.95].map((share) => quantile(durations, share).toFixed(1).padStart(9)).join("")}`,
    );
  console.log(`  ${"".padEnd(44)}${"p50".padStart(9)}${"p95".padStart(9)}`);
  for (const { name, durations } of measured) row(name, durations);
  const all = measured.flatMap(({ durations }) => durations);
  row("All", all);
  const slowest = Math.max(...measured.map(({ durations }) => quantile(durations, 0.95)));
  for (const name of run.wrong) console.log(`Not what the rows say: ${name}`);
  console.log(`Bars: p95 of the slowest at most ${barMs} ms, every answer as the rows say`);
  console.log(
    JSON.stringify({
      bench: "insights",
      insight_p95_ms: Number(slowest.toFixed(1)),
      all_p95_ms: Number(quantile(all, 0.95).toFixed(1)),
      wrong_answers: run.wrong.length,
      requests: all.length,
      rolled_up_marks: run.rolledUp.marks,
      rolled_up_seconds: Number(run.rolledUp.seconds.toFixed(1)),
      load_before: Number(run.loadBefore.toFixed(2)),
      load_after: Number((loadavg()[0] ?? 0).toFixed(2)),
    }),
  );
  return slowest <= barMs && run.wrong.length === 0;
}
