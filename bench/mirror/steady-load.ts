import { Agent, request } from "node:http";
import { quantile } from "../measuring/quantile.ts";

export interface Steady {
  p50Ms: number;
  p99Ms: number;
  requests: number;
}

/**
 * So many requests a second, each at its time whether the ones before are answered or not, for so many seconds. Latency
 * counts from when it was due. Throws where one failed.
 */
export async function measureSteadily(
  port: number,
  host: string,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Steady> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const total = perSecond * seconds;
  const everyMs = 1_000 / perSecond;
  const latencies: number[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const ask = (dueAt: number) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      path: "/work?for=bench",
      agent,
      headers: { Host: host },
    });
    asked.on("error", reject);
    asked.on("response", (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`A request was answered ${answer.statusCode}.`));
      answer.resume();
      answer.on("end", () => {
        latencies.push(performance.now() - dueAt);
        if (latencies.length === total) resolve();
      });
    });
    asked.end();
  };
  const beganAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now() - beganAt;
    for (; sent < total && sent * everyMs <= nowMs; sent += 1) ask(beganAt + sent * everyMs);
  }, 1);
  try {
    await promise;
  } finally {
    clearInterval(timer);
    agent.destroy();
  }
  return { p50Ms: quantile(latencies, 0.5), p99Ms: quantile(latencies, 0.99), requests: total };
}
