import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export interface HealthAddress {
  host: string;
  port: number;
  path: string;
}

const answerWithinMs = 2_000;
const firstPollMs = 20;
const slowestPollMs = 250;

/** Null where it answered 2xx or 3xx; else what it did instead, in words. */
export function probeHealth(address: HealthAddress, signal?: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const probe = request(
      {
        ...address,
        agent: false,
        signal: AbortSignal.any([AbortSignal.timeout(answerWithinMs), ...(signal ? [signal] : [])]),
        headers: { "user-agent": "anytime-health", connection: "close" },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        response.destroy();
        resolve(status >= 200 && status < 400 ? null : `${address.path} answers ${status}`);
      },
    );
    // A 101 is no response to Node, and without a listener no error either.
    probe.once("upgrade", (_, socket) => {
      socket.destroy();
      resolve(`${address.path} answers 101`);
    });
    probe.once("error", (error) => resolve(`${address.path} does not answer (${error.message})`));
    probe.once("close", () => resolve(`${address.path} does not answer`));
    probe.end();
  });
}

/** Asks, 20 ms apart at first and 250 ms later, until it is healthy; null, or the last answer when time is over. */
export async function untilHealthy(
  address: HealthAddress,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<string | null> {
  const deadline = performance.now() + options.timeoutMs;
  for (let pauseMs = firstPollMs; ; pauseMs = Math.min(slowestPollMs, pauseMs * 1.3)) {
    const problem = await probeHealth(address, options.signal);
    if (problem === null) return null;
    options.signal.throwIfAborted();
    if (performance.now() > deadline) return problem;
    await delay(pauseMs, undefined, { signal: options.signal });
  }
}
