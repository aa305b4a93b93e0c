import { once } from "node:events";
import { WebSocket } from "ws";
import type { Target } from "./tally.ts";

const messageEveryMs = 100;
const echoWithinMs = 5_000;

/** Websockets that keep talking: each message must come back from the pool where the socket began. */
export async function openWebSockets(target: Target, count: number): Promise<{ stop(): Promise<number> }> {
  const sockets = await Promise.all(Array.from({ length: count }, () => openSocket(target)));
  return {
    async stop() {
      const whole = await Promise.all(sockets.map((close) => close()));
      return whole.filter(Boolean).length;
    },
  };
}

/** Resolves with a function that closes the socket and says whether it was unbroken. */
async function openSocket(target: Target): Promise<() => Promise<boolean>> {
  const socket = new WebSocket(`ws://127.0.0.1:${target.port}/socket`, { headers: { Host: target.host } });
  await once(socket, "open");
  let sent = 0;
  let echoed = 0;
  let pool: string | null = null;
  let broken = false;
  let closing = false;
  const fail = (reason: string) => {
    if (closing || broken) return;
    broken = true;
    target.tally.fail(`websocket: ${reason}`);
  };
  socket.on("message", (data) => {
    const [from, number] = String(data).split(" ");
    pool ??= from ?? "";
    if (from !== pool || Number(number) !== echoed++) fail("a message is missing");
  });
  socket.on("error", (error) => fail(error.message));
  socket.on("close", () => fail("closed"));
  const timer = setInterval(() => {
    if ((sent - echoed) * messageEveryMs > echoWithinMs) fail("no echo");
    socket.send(String(sent++));
  }, messageEveryMs);
  return async () => {
    closing = true;
    clearInterval(timer);
    socket.close();
    await once(socket, "close");
    return !broken && echoed > 0;
  };
}
