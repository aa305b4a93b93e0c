import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "#db/testing/free-port.ts";
import { canSharePort } from "#server/kernel/env.ts";
import { listRouters } from "#server/services/traffic/list-routers.ts";
import { keepConnecting } from "./testing/new-connections.ts";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import type { RouterProcess } from "./testing/router-process.ts";
import { startTestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;

beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

async function startPair(folder: string): Promise<[RouterProcess, RouterProcess]> {
  const first = await fixture.startAnother(folder, { number: 1 });
  const second = await fixture.startAnother(folder, { number: 2, port: first.port });
  return [first, second];
}

/** A connection is no longer the dead router's affair by then. */
const graceMs = 100;
const enough = 200;

describe.runIf(canSharePort)("routers that share a port", () => {
  it("are told apart by their processes, and both are waited for", async () => {
    const [first, second] = await startPair("names");
    const names = (await listRouters(fixture.database.ctx)).map(({ name }) => name);
    for (const { child, port } of [first, second]) {
      expect(names).toContainEqual(expect.stringMatching(new RegExp(`:${port}:${child.pid}$`)));
    }
    await Promise.all([first.end(), second.end()]);
  });

  it("lose no connection begun 100 ms after one of them was killed, nor when it is back", async () => {
    const instance = await startTestInstance("alive");
    await fixture.serve("pair", { blue: [instance.port] });
    const [first, second] = await startPair("pair");
    const clients = keepConnecting(first.port, "pair.production.localhost", 8);
    const since = (at: number) => clients.attempts.filter(({ beganAt }) => beganAt >= at);
    await until(() => clients.attempts.length > enough);
    await second.end("SIGKILL");
    const late = performance.now() + graceMs;
    await until(() => since(late).length > enough);
    await fixture.startAnother("pair", { number: 2, port: first.port });
    const back = performance.now();
    await until(() => since(back).length > enough);
    await clients.stop();
    expect(since(late).filter(({ failed }) => failed)).toEqual([]);
    await first.end();
    await instance.close();
  }, 60_000);

  it("lose at most what waits for the one that ends, in that moment", async () => {
    const instance = await startTestInstance("alive");
    await fixture.serve("handing", { blue: [instance.port] });
    const [first, second] = await startPair("handing");
    const atOnce = 4;
    const clients = keepConnecting(first.port, "handing.production.localhost", atOnce);
    await until(() => clients.attempts.length > enough);
    await first.end();
    const ended = performance.now();
    await until(() => clients.attempts.filter(({ beganAt }) => beganAt > ended).length > enough);
    await clients.stop();
    const lost = clients.attempts.filter(({ failed }) => failed);
    expect(lost.length).toBeLessThanOrEqual(atOnce);
    expect(lost.filter(({ beganAt }) => beganAt > ended)).toEqual([]);
    expect(first.child.exitCode).toBe(0);
    await second.end();
    await instance.close();
  }, 60_000);

  it("share it with no other installation, whose routers would answer for theirs", async () => {
    const [first] = await startPair("ours");
    await expect(fixture.startAnother("theirs", { port: first.port })).rejects.toThrow(
      `Port ${first.port} is in use: end what listens there`,
    );
  }, 60_000);

  it("share it with no other program of the same user, though the kernel would let them", async () => {
    const port = await freePort();
    const stranger = createServer((socket) => socket.destroy());
    stranger.listen({ port, host: "0.0.0.0", reusePort: true });
    await once(stranger, "listening");
    await expect(fixture.startAnother("beside", { port })).rejects.toThrow(`Port ${port} is in use`);
    stranger.close();
    const router = await fixture.startAnother("beside", { port });
    expect((await ask(router.port, "nobody.production.localhost")).status).toBe(404);
  });
});

describe("a router", () => {
  it("does not start a second time with the identity of one that runs", async () => {
    const router = await fixture.startAnother("twins");
    await expect(fixture.startAnother("twins")).rejects.toThrow(
      `Router 1 of this data folder runs already (process ${router.child.pid}): end it, or set ANYTIME_ROUTER_NUMBER to another number.`,
    );
  });
});
