import { readFileSync } from "node:fs";

/**
 * The service that the chaos bench deploys. Each commit is a round. Every step writes to one file of its own what it is
 * and that it still runs, every 20 ms, past all tables: whatever ran twice or beside another is seen there.
 */
export interface Mark {
  round: number;
  step: string;
  /** One run of one step. */
  run: string;
  /** Unix time in milliseconds. */
  at: number;
}

export const markEveryMs = 20;

export function sampleFiles(marksFile: string, round: number): Record<string, string> {
  const step = (name: string, durationMs: number) => `node step.mjs ${name} ${durationMs}`;
  return {
    round: String(round),
    "step.mjs": stepSource(marksFile),
    "server.mjs": serverSource,
    "anytime.yaml": `build: ${step("build", 400)}
test: ${step("test", 300)}
package: {include: [server.mjs, round, step.mjs]}
migrate: {run: ${step("migrate", 300)}, repeatable: false}
release:
  start: exec node server.mjs
  instances: 2
  health: {path: /healthz, timeout: 20s}
  drain: 500ms
  keepWarm: 1h
`,
  };
}

/** What is run on every machine: plain Node, and nothing of ours. */
const stepSource = (marksFile: string) => `import { appendFileSync, readFileSync } from "node:fs";
const [step, durationMs] = process.argv.slice(2);
const round = Number(readFileSync("round", "utf8"));
const run = process.pid + "-" + Date.now();
const mark = () => appendFileSync(${JSON.stringify(marksFile)},
  JSON.stringify({ round, step, run, at: Date.now() }) + "\\n");
mark();
const timer = setInterval(mark, ${markEveryMs});
setTimeout(() => { clearInterval(timer); mark(); }, Number(durationMs));
`;

const serverSource = `import { createServer } from "node:http";
import { readFileSync } from "node:fs";
const round = readFileSync("round", "utf8");
createServer((request, response) => response.end(request.url === "/healthz" ? "ok" : round))
  .listen(Number(process.env.PORT), process.env.HOST);
`;

export function readMarks(marksFile: string): Mark[] {
  const lines = readFileSync(marksFile, "utf8").split("\n");
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Mark);
}
