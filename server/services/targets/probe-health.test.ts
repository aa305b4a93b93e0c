import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { probeHealth, untilHealthy } from "./probe-health.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A service that sends just this, whatever it is asked, and then leaves the connection open or ends it. */
async function serviceThat(answer: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", () => answer(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(() => server.close());
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port, path: "/healthz" };
}

const upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

test.each<[string, (socket: Socket) => void, string | null]>([
  ["200", (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n"), null],
  ["302", (socket) => socket.end("HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n"), null],
  ["500", (socket) => socket.write("HTTP/1.1 500 No\r\n\r\nbody"), "/healthz answers 500"],
  ["an upgrade", (socket) => socket.write(upgrade), "/healthz answers 101"],
  ["an upgrade at once ended", (socket) => socket.end(upgrade), "/healthz answers 101"],
  ["nothing, and ends", (socket) => socket.end(), "/healthz does not answer (socket hang up)"],
  ["nonsense", (socket) => socket.end("hello"), expect.stringContaining("/healthz does not answer")],
])("a service that answers %s", async (_, answer, problem) => {
  expect(await probeHealth(await serviceThat(answer))).toEqual(problem);
});

test("a service that never gets healthy is given up when its time is over, or on an abort", async () => {
  const address = await serviceThat((socket) => socket.write(upgrade));
  const { signal } = new AbortController();
  expect(await untilHealthy(address, { timeoutMs: 100, signal })).toBe("/healthz answers 101");
  const stopped = AbortSignal.timeout(100);
  await expect(untilHealthy(address, { timeoutMs: 60_000, signal: stopped })).rejects.toThrow();
});
