import { readlinkSync } from "node:fs";
import { Agent, request as openRequest } from "node:http";
import { setPriority } from "node:os";
import { basename } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import { type MirrorCounts, noCopies } from "#server/domain/mirror.ts";
import type { Copy, CopyOrder, FromMirror } from "./messages.ts";

/** The thread that sends copies of requests and throws their answers away. Nothing waits for it. */
if (parentPort === null) throw new Error("The mirror thread runs in a router only.");
const port = parentPort;
const { pending } = workerData as CopyOrder;

const answerWithinMs = 5_000;
/** At once, of one service environment: one that hangs takes no more than this from the others. */
const mostOfOne = 32;
const mostOfAll = 128;
const restAfterFailures = 5;
const restForMs = 5_000;
const tellEveryMs = 500;

/** They come in bursts. */
const mostWaiting = 128;

interface Line {
  inFlight: number;
  waiting: Copy[];
  /** In a row. */
  failures: number;
  restsUntil: number;
  turn: number;
}

const agent = new Agent({
  keepAlive: true,
  maxSockets: mostOfOne,
  maxFreeSockets: mostOfOne,
  timeout: 30_000,
});
const lines = new Map<number, Line>();
let told = new Map<number, MirrorCounts>();
let inFlight = 0;
let isTold = true;

yieldToTraffic();
port.on("message", (copies: Copy[]) => {
  for (const copy of copies) offer(copy);
});

function offer(copy: Copy): void {
  const line = lineOf(copy.serviceEnvironmentId);
  if (performance.now() < line.restsUntil || line.waiting.length >= mostWaiting) {
    count(copy, "leftOut");
    return;
  }
  line.waiting.push(copy);
  sendWaiting(line);
}

function sendWaiting(line: Line): void {
  while (line.inFlight < mostOfOne && inFlight < mostOfAll) {
    const copy = line.waiting.shift();
    if (copy === undefined) return;
    const address = copy.addresses[line.turn++ % copy.addresses.length];
    if (address === undefined) count(copy, "leftOut");
    else send(copy, address, line);
  }
}

function send(copy: Copy, address: Copy["addresses"][number], line: Line): void {
  line.inFlight++;
  inFlight++;
  const { method, target: path, headers } = copy;
  const upstream = openRequest({ ...address, method, path, headers, agent });
  const tooLong = setTimeout(() => upstream.destroy(), answerWithinMs);
  let isAnswered = false;
  upstream.on("response", (answer) => {
    isAnswered = true;
    answer.on("error", ignore);
    answer.resume();
  });
  upstream.on("error", ignore);
  upstream.once("close", () => {
    clearTimeout(tooLong);
    count(copy, isAnswered ? "answered" : "failed");
    line.inFlight--;
    inFlight--;
    line.failures = isAnswered ? 0 : line.failures + 1;
    if (line.failures >= restAfterFailures) rest(line);
    // One that had to wait for others may have no request of its own whose end would wake it.
    for (const one of lines.values()) sendWaiting(one);
  });
  upstream.end();
}

function rest(line: Line): void {
  line.restsUntil = performance.now() + restForMs;
  for (const copy of line.waiting.splice(0)) count(copy, "leftOut");
}

function ignore(): void {
  // Each ends with "close", and is counted there.
}

/** It is over with this one. */
function count({ serviceEnvironmentId }: Copy, what: keyof MirrorCounts): void {
  Atomics.sub(pending, 0, 1);
  const counts = told.get(serviceEnvironmentId) ?? { ...noCopies };
  counts[what]++;
  told.set(serviceEnvironmentId, counts);
  if (isTold) setTimeout(tell, tellEveryMs);
  isTold = false;
}

function tell(): void {
  isTold = true;
  const rows: FromMirror = [...told].map(([serviceEnvironmentId, counts]) => ({
    serviceEnvironmentId,
    ...counts,
  }));
  told = new Map();
  port.postMessage(rows);
}

function lineOf(serviceEnvironmentId: number): Line {
  const known = lines.get(serviceEnvironmentId);
  if (known !== undefined) return known;
  const line = { inFlight: 0, waiting: [], failures: 0, restsUntil: 0, turn: 0 };
  lines.set(serviceEnvironmentId, line);
  return line;
}

/** On a busy machine requests come first. Where threads cannot be told apart, all have the priority of the process. */
function yieldToTraffic(): void {
  try {
    setPriority(Number(basename(readlinkSync("/proc/thread-self"))), 19);
  } catch {
    // Not Linux: it is only a courtesy.
  }
}
