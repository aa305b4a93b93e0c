import { ask } from "./router-fixture.ts";

export interface Attempt {
  /** By `performance.now()`. */
  beganAt: number;
  endedAt: number;
  /** What was answered, or why the connection or the request failed. */
  outcome: string;
  failed: boolean;
}

export interface NewConnections {
  attempts: readonly Attempt[];
  stop(): Promise<void>;
}

/** Asks again and again, each time on a connection of its own, so many at once, and keeps what came of it. */
export function keepConnecting(port: number, host: string, atOnce: number): NewConnections {
  const attempts: Attempt[] = [];
  let stopping = false;
  const keepAsking = async () => {
    while (!stopping) {
      const beganAt = performance.now();
      const [outcome, failed] = await ask(port, host).then(
        ({ status, body }) => [body, status !== 200] as const,
        (error: Error) => [error.message, true] as const,
      );
      attempts.push({ beganAt, endedAt: performance.now(), outcome, failed });
      // Refused at once: without a rest nobody else would come to run.
      if (failed) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const all = Promise.all(Array.from({ length: atOnce }, keepAsking));
  return {
    attempts,
    async stop() {
      stopping = true;
      await all;
    },
  };
}
