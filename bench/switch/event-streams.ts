import { get, type IncomingMessage } from "node:http";
import type { Target } from "./tally.ts";

/** Server-sent events: each stream must deliver every event, in order, from one pool, until it is closed here. */
export async function openEventStreams(target: Target, count: number): Promise<{ stop(): Promise<number> }> {
  const streams = await Promise.all(Array.from({ length: count }, () => openStream(target)));
  return {
    async stop() {
      return streams.filter((close) => close()).length;
    },
  };
}

/** Resolves with a function that closes the stream and says whether it was unbroken. */
async function openStream(target: Target): Promise<() => boolean> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = {
      port: target.port,
      path: "/events",
      headers: { Host: target.host },
      agent: false as const,
    };
    get(options, resolve).on("error", reject);
  });
  let next = 0;
  let broken = false;
  let closing = false;
  const fail = (reason: string) => {
    if (closing || broken) return;
    broken = true;
    target.tally.fail(`stream: ${reason}`);
  };
  if (answer.statusCode !== 200) fail(`status ${answer.statusCode}`);
  answer.setEncoding("utf8");
  let rest = "";
  answer.on("data", (chunk: string) => {
    const events = (rest + chunk).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      if (event !== `id: ${next++}\ndata: ${answer.headers["x-pool"]}`) fail("an event is missing");
    }
  });
  answer.on("error", (error) => fail(error.message));
  answer.on("close", () => fail("closed"));
  return () => {
    closing = true;
    answer.destroy();
    return !broken && next > 0;
  };
}
