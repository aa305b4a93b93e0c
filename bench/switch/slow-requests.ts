import { get } from "node:http";
import type { Target } from "./tally.ts";

/** Requests of five seconds, always so many at once, each on a connection of its own. */
export function keepSlowRequestsGoing(target: Target, atOnce: number): { stop(): Promise<number> } {
  let stopping = false;
  let answered = 0;
  const keepGoing = async () => {
    while (!stopping) {
      const pool = await requestSlowly(target);
      if (pool !== null) answered++;
    }
  };
  const all = Promise.all(Array.from({ length: atOnce }, keepGoing));
  return {
    async stop() {
      stopping = true;
      await all;
      return answered;
    },
  };
}

function requestSlowly(target: Target): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const fail = (reason: string) => {
    target.tally.fail(`slow request: ${reason}`);
    resolve(null);
  };
  const options = { port: target.port, path: "/slow", headers: { Host: target.host }, agent: false as const };
  get(options, (answer) => {
    answer.resume();
    answer.on("error", (error) => fail(error.message));
    answer.on("end", () => {
      const pool = answer.headers["x-pool"];
      if (answer.statusCode !== 200 || typeof pool !== "string") return fail(`status ${answer.statusCode}`);
      target.tally.serve(pool);
      resolve(pool);
    });
  }).on("error", (error) => fail(error.message));
  return promise;
}
