import { createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "#db/testing/free-port.ts";
import { ask, openRouterFixture, type RouterFixture } from "./testing/router-fixture.ts";
import { startTestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;

beforeAll(async () => {
  fixture = await openRouterFixture();
});
afterAll(() => fixture.close());

/** A server that answers the first request on each connection and cuts the second one off, as if it had just closed. */
async function startForgetfulInstance(): Promise<{ port: number; connections: () => number; close(): void }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    let requests = 0;
    socket.on("error", () => socket.destroy());
    socket.on("data", () => {
      if (++requests > 1) socket.resetAndDestroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    port,
    connections: () => connections,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe("an instance that refuses the connection", () => {
  it("costs no request, with or without a body", async () => {
    const alive = await startTestInstance("alive");
    await fixture.serve("half", { blue: [await freePort(), alive.port, await freePort()] });
    for (let count = 0; count < 6; count++) {
      const options = count % 2 === 0 ? {} : { method: "POST", body: "data" };
      expect(await ask(fixture.router.port, "half.production.localhost", options)).toMatchObject({
        status: 200,
        body: "alive",
      });
    }
    await alive.close();
  });
});

describe("a kept connection that the instance closes in that moment", () => {
  it("costs no request that may be sent twice", async () => {
    const forgetful = await startForgetfulInstance();
    await fixture.serve("forgetful", { blue: [forgetful.port] });
    for (let count = 0; count < 5; count++) {
      expect(await ask(fixture.router.port, "forgetful.production.localhost")).toMatchObject({ status: 200 });
    }
    expect(forgetful.connections()).toBe(5);
    forgetful.close();
  });

  it("does not send a POST twice", async () => {
    const forgetful = await startForgetfulInstance();
    await fixture.serve("careful", { blue: [forgetful.port] });
    const post = { method: "POST", body: "pay" };
    expect(await ask(fixture.router.port, "careful.production.localhost", post)).toMatchObject({
      status: 200,
    });
    expect(await ask(fixture.router.port, "careful.production.localhost", post)).toMatchObject({
      status: 502,
    });
    forgetful.close();
  });
});

describe("a kept connection", () => {
  it("is given up after a second, before an instance would close it in the middle of a request", async () => {
    const instance = await startTestInstance("idle");
    instance.server.keepAliveTimeout = 60_000;
    const closed = Promise.withResolvers<number>();
    instance.server.on("connection", (socket) => {
      socket.on("end", () => closed.resolve(performance.now()));
    });
    await fixture.serve("idle", { blue: [instance.port] });
    const answered = ask(fixture.router.port, "idle.production.localhost").then(() => performance.now());
    expect((await closed.promise) - (await answered)).toBeGreaterThan(800);
    await instance.close();
  });
});
