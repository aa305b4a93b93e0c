import { Agent, get } from "node:http";

/** One answer or failure of the service, as a client saw it. Times are Unix milliseconds. */
export interface Seen {
  from: number;
  to: number;
  /** The round whose release answered; null where the request failed. */
  round: number | null;
  failure: string | null;
}

export interface Traffic {
  seen: Seen[];
  stop(): Promise<void>;
}

const clients = 6;
const restMs = 5;
const patienceMs = 30_000;

/** Clients that ask all the time, on kept connections, and note who answered. */
export function startTraffic(port: number, host: string): Traffic {
  const seen: Seen[] = [];
  let isStopping = false;
  const client = async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    while (!isStopping) {
      seen.push(await ask(port, host, agent));
      await new Promise((resolve) => setTimeout(resolve, restMs));
    }
    agent.destroy();
  };
  const all = Promise.all(Array.from({ length: clients }, client));
  return {
    seen,
    async stop() {
      isStopping = true;
      await all;
    },
  };
}

function ask(port: number, host: string, agent: Agent): Promise<Seen> {
  const from = Date.now();
  const { promise, resolve } = Promise.withResolvers<Seen>();
  const failed = (failure: string) => resolve({ from, to: Date.now(), round: null, failure });
  const request = get({ port, path: "/", headers: { host }, agent, timeout: patienceMs }, (answer) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (chunk: string) => {
      text += chunk;
    });
    answer.on("error", (error) => failed(error.message));
    answer.on("end", () => {
      if (answer.statusCode !== 200) return failed(`status ${answer.statusCode}`);
      resolve({ from, to: Date.now(), round: Number(text), failure: null });
    });
  });
  request.on("timeout", () => request.destroy(new Error("no answer in 30 s")));
  request.on("error", (error) => failed(error.message));
  return promise;
}
