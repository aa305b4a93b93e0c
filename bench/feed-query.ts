/**
 * What a page of the feed takes, over HTTP from a running web process, beside a history of 10 thousand deployments and
 * one of 10 million: the first pages, those in the middle and near the end, narrowed ones and ones that find little, and
 * the JSON feed; and, beside the bars, the pages as they are drawn. The two sizes take turns. ANYTIME_BENCH_REQUESTS asks each more often than 200 times. Needs
 * `npm test -- build`; the histories are built first and kept, which takes some minutes (ANYTIME_BENCH_CACHE says where).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, get, type IncomingMessage } from "node:http";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { openDatabase } from "#db/client.ts";
import { type Question, questionsOf } from "./feed-query/questions.ts";
import { type Measured, printReport } from "./feed-query/report.ts";
import { openHistory } from "./history/open-history.ts";
import { makeSession, startWeb } from "./web/web-process.ts";

const requests = Math.max(200, Number(process.env.ANYTIME_BENCH_REQUESTS ?? 200));
const warmUp = 40;

interface Size {
  ask(question: number, round: number): Promise<number>;
  questions: Question[];
  close(): Promise<void>;
}

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const agent = new Agent({ keepAlive: true });
let passed = false;
const sizes: Size[] = [];
try {
  const small = await openSize("small", 10_000);
  sizes.push(small);
  const large = await openSize("large", 10_000_000);
  sizes.push(large);
  const loadBefore = loadavg()[0] ?? 0;
  passed = printReport(await measure(small, large), { loadBefore });
} finally {
  for (const size of sizes) await size.close();
  agent.destroy();
  await rm(folder, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);

async function openSize(name: string, deployments: number): Promise<Size> {
  const history = await openHistory(deployments);
  const client = openDatabase(history.url, { connections: 1, name: "bench" });
  const dataFolder = join(folder, name);
  const questions = await questionsOf(client.sql);
  const cookie = await makeSession(client.sql, dataFolder);
  await client.close();
  const web = await startWeb({ databaseUrl: history.url, dataFolder });
  return {
    questions,
    async ask(number, round) {
      const question = questions[number];
      if (question === undefined) throw new Error(`There is no question ${number}.`);
      const headers: Record<string, string> = question.isInternal
        ? { cookie: `${cookie.name}=${cookie.value}` }
        : {};
      const startedAt = performance.now();
      const { status, body } = await read(web.url + question.path(round), headers);
      const durationMs = performance.now() - startedAt;
      if (status !== 200 || !question.expects.test(body)) {
        throw new Error(`${question.name}: ${status} ${body.slice(0, 300)}`);
      }
      return durationMs;
    },
    async close() {
      await web.stop();
      await history.close();
    },
  };
}

async function read(url: string, headers: Record<string, string>) {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { agent, headers }, resolve).on("error", reject);
  });
  return { status: answer.statusCode, body: await text(answer) };
}

/** The drawn ones come after all others, whom their garbage would hold up. */
async function measure(small: Size, large: Size): Promise<Measured[]> {
  const measured: Measured[] = small.questions.map(({ name, isDrawn = false }) => ({
    ...{ name, isDrawn },
    small: [],
    large: [],
  }));
  const numbered = [...measured.entries()];
  for (const areDrawn of [false, true]) {
    const together = numbered.filter(([, { isDrawn }]) => isDrawn === areDrawn);
    for (let round = 0; round < warmUp + requests; round += 1) {
      for (const [number, { small: smallMs, large: largeMs }] of together) {
        const isSmallFirst = round % 2 === 0;
        const first = await (isSmallFirst ? small : large).ask(number, round);
        const second = await (isSmallFirst ? large : small).ask(number, round);
        if (round < warmUp) continue;
        smallMs.push(isSmallFirst ? first : second);
        largeMs.push(isSmallFirst ? second : first);
      }
    }
  }
  return measured;
}
