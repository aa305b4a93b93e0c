import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cpuTimeMs } from "./cpu-time.ts";
import type { Subject } from "./subjects.ts";

export interface Load {
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** Of the subject, for each request. */
  cpuUs: number;
}

const connections = 32;
const unitsMs = { us: 0.001, ms: 1, s: 1_000 } as const;

/** Kept connections that each ask again as soon as they are answered, by wrk. Throws where a request failed. */
export async function measureLoad(
  subject: Pick<Subject, "port" | "pid">,
  host: string,
  seconds: number,
): Promise<Load> {
  const before = cpuTimeMs(subject.pid);
  const { stdout } = await promisify(execFile)("wrk", [
    ...["-t", "1", "-c", String(connections), "-d", `${seconds}s`, "--latency", "--timeout", "10s"],
    ...["-H", `Host: ${host}`, `http://127.0.0.1:${subject.port}/work?for=bench`],
  ]);
  const cpuMs = cpuTimeMs(subject.pid) - before;
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`Requests failed:\n${stdout}`);
  return {
    requestsPerSecond: Number(find(stdout, /Requests\/sec:\s+([\d.]+)/)[1]),
    p50Ms: latencyMs(stdout, 50),
    p99Ms: latencyMs(stdout, 99),
    cpuUs: (cpuMs * 1_000) / Number(find(stdout, /(\d+) requests in/)[1]),
  };
}

function latencyMs(report: string, percent: number): number {
  const [, value, unit] = find(report, new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)$`, "m"));
  return Number(value) * unitsMs[unit as keyof typeof unitsMs];
}

function find(report: string, pattern: RegExp): RegExpMatchArray {
  const match = report.match(pattern);
  if (match === null) throw new Error(`wrk said something else than expected:\n${report}`);
  return match;
}
