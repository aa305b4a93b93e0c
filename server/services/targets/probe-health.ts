import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";

export interface HealthAddress {
  host: string;
  port: number;
  path: string;
}

const answerWithinMs = 2_000;
/** Often at first: a release that starts in a blink, one instance after the other, is not to wait for the next look. */
const firstPollMs = 10;
const pollGrowth = 1.15;
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

/** Asks, 10 ms apart at first and 250 ms after two seconds, until it is healthy; null, or the last answer when time is over. */
export async function untilHealthy(
  address: HealthAddress,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<string | null> {
  const deadline = performance.now() + options.timeoutMs;
  for (let pauseMs = firstPollMs; ; pauseMs = Math.min(slowestPollMs, pauseMs * pollGrowth)) {
    const problem = await probeHealth(address, options.signal);
    if (problem === null) return null;
    options.signal.throwIfAborted();
    if (performance.now() > deadline) return problem;
    await delay(pauseMs, undefined, { signal: options.signal });
  }
}
