/**
 * What a request through the router costs, beside a bare `node:http` proxy, HAProxy and nginx of one process and thread
 * each: the same target, the same load, in turns. ANYTIME_BENCH_ROUNDS and ANYTIME_BENCH_SECONDS say how often and how
 * long each is asked.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { serviceHostName } from "#server/domain/host-names.ts";
import { measureLoad } from "./router/load.ts";
import { startOurs } from "./router/ours.ts";
import { installPrograms } from "./router/programs.ts";
import { type Measured, printReport } from "./router/report.ts";
import { type Subject, startHaproxy, startNginx, startNodeProxy, startTarget } from "./router/subjects.ts";

const rounds = Number(process.env.ANYTIME_BENCH_ROUNDS ?? 7);
const seconds = Number(process.env.ANYTIME_BENCH_SECONDS ?? 4);
const host = serviceHostName("bench", "production");

const programs = installPrograms(["wrk", "haproxy", "nginx"]);
if (process.platform !== "linux" || !programs.has("wrk")) {
  console.error("This measurement needs Linux and wrk: install wrk and run it again.");
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), "anytime-bench-"));
const subjects: Subject[] = [];
let passed = false;
try {
  const target = await startTarget();
  subjects.push(target);
  subjects.push(await startOurs(folder, target.port));
  subjects.push(await startNodeProxy(target.port));
  if (programs.has("haproxy")) subjects.push(await startHaproxy(folder, target.port));
  if (programs.has("nginx")) subjects.push(await startNginx(folder, target.port));
  // Not counted: compilers and connections warm up.
  for (const subject of subjects) await measureLoad(subject, host, 2);
  const loadBefore = loadavg()[0] ?? 0;
  passed = printReport(await measureInTurns(), { rounds, seconds, loadBefore });
} finally {
  for (const subject of subjects.toReversed()) await subject.end();
  await rm(folder, { recursive: true, force: true });
}
process.exit(passed ? 0 : 1);

/** Each round begins with another, so that nobody always follows the same neighbour. */
async function measureInTurns(): Promise<Measured[]> {
  const measured: Measured[] = subjects.map(({ name }) => ({ name, loads: [] }));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      const index = (round + turn) % subjects.length;
      const subject = subjects[index];
      if (subject !== undefined) measured[index]?.loads.push(await measureLoad(subject, host, seconds));
    }
  }
  return measured;
}
