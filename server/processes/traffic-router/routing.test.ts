import { Agent, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "#db/testing/free-port.ts";
import { insertInstance } from "#db/testing/traffic-rows.ts";
import { ask, openRouterFixture, type RouterFixture } from "./testing/router-fixture.ts";
import { startTestInstance, type TestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
let echo: TestInstance;

interface Echo {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  body: string;
}

beforeAll(async () => {
  fixture = await openRouterFixture();
  echo = await startTestInstance("echo", async (request, response) => {
    const { method, url, headers, rawHeaders } = request;
    response.setHeader("Keep-Alive", "timeout=1, secret=yes");
    response.setHeader("Set-Cookie", [
      "anytime.session=planted",
      "__Host-Anytime.csrf=planted",
      "own=1; Path=/",
    ]);
    response.end(JSON.stringify({ method, url, headers, rawHeaders, body: await text(request) }));
  });
  await fixture.serve("echo", { blue: [echo.port] });
});
afterAll(async () => {
  await fixture.close();
  await echo.close();
});

const askEcho = async (options: Parameters<typeof ask>[2] = {}, host = "echo.production.localhost") =>
  JSON.parse((await ask(fixture.router.port, host, options)).body) as Echo;

/** Sends bytes as they are, and answers with all that comes back. */
function sendRaw(bytes: string): Promise<string> {
  const socket = connect(fixture.router.port, "127.0.0.1");
  socket.end(bytes);
  return text(socket);
}

describe("routing", () => {
  it("routes nothing to what runs elsewhere, by host name or by path", async () => {
    const rows = await fixture.serve("away", { blue: [echo.port] });
    expect((await ask(fixture.router.port, "away.production.localhost")).status).toBe(200);
    await fixture.moveElsewhere(rows);
    expect((await ask(fixture.router.port, "away.production.localhost")).status).toBe(404);
    const byPath = await ask(fixture.router.port, "localhost", { path: "/away/production/" });
    expect(byPath).toMatchObject({ status: 404, body: "No service answers at this address.\n" });
  });

  it("goes by host name, with and without port, in any case", async () => {
    for (const host of [
      "echo.production.localhost",
      "ECHO.production.localhost:80",
      "echo.production.localhost.",
    ]) {
      expect(await askEcho({ path: "/a?b=c" }, host)).toMatchObject({ url: "/a?b=c" });
    }
  });

  it("goes by path for other hosts, and says what it took off", async () => {
    const seen = await askEcho({ path: "/echo/production/a/b?c" }, "portal.example.org");
    expect(seen.url).toBe("/a/b?c");
    expect(seen.headers["x-forwarded-prefix"]).toBe("/echo/production");
  });

  it("sends a browser on to the path with a slash, so that relative links work", async () => {
    const answer = await ask(fixture.router.port, "localhost", { path: "/echo/production?a=1" });
    expect(answer.status).toBe(308);
    expect(answer.headers.location).toBe("/echo/production/?a=1");
  });

  it("answers 404 for what it does not know, and names nothing", async () => {
    for (const [host, path] of [
      ["nobody.production.localhost", "/"],
      ["localhost", "/"],
      ["localhost", "/echo/staging/"],
    ] as const) {
      const answer = await ask(fixture.router.port, host, { path });
      expect(answer.status).toBe(404);
      expect(answer.body).toBe("No service answers at this address.\n");
    }
  });

  it("answers 503 with Retry-After where no instance is live", async () => {
    const refusing = await freePort();
    await fixture.serve("down", { blue: [refusing] });
    const answer = await ask(fixture.router.port, "down.production.localhost");
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("2");
    expect(answer.body).toContain("takes no requests at the moment");
  });

  it("takes turns between instances", async () => {
    const [one, two] = [await startTestInstance("one"), await startTestInstance("two")];
    await fixture.serve("turns", { blue: [one.port, two.port] });
    const bodies = [];
    for (let count = 0; count < 4; count++) {
      bodies.push((await ask(fixture.router.port, "turns.production.localhost")).body);
    }
    expect(bodies.toSorted()).toEqual(["one", "one", "two", "two"]);
    await Promise.all([one.close(), two.close()]);
  });

  it("hears of an instance that became healthy", async () => {
    const [first, second] = [await startTestInstance("first"), await startTestInstance("second")];
    const rows = await fixture.serve("grows", { blue: [first.port] });
    await insertInstance(fixture.database.client.sql, rows, { pool: "blue", port: second.port });
    await fixture.database.client.sql`
      select pg_notify('anytime', ${JSON.stringify({ topic: "route", id: String(rows.serviceEnvironmentId) })})`;
    const seen = new Set<string>();
    while (seen.size < 2) seen.add((await ask(fixture.router.port, "grows.production.localhost")).body);
    await Promise.all([first.close(), second.close()]);
  });
});

describe("headers", () => {
  it("passes Host unchanged and says who asked, whatever the client claims", async () => {
    const { headers } = await askEcho({
      headers: {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Forwarded-Port": "1",
        "X-Real-IP": "6.6.6.6",
        Forwarded: "for=6.6.6.6",
      },
    });
    expect(headers).toMatchObject({
      host: "echo.production.localhost",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "echo.production.localhost",
    });
    for (const name of ["x-forwarded-prefix", "x-forwarded-port", "x-real-ip", "forwarded"]) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it("drops what is meant for one hop only, in both directions", async () => {
    const answer = await ask(fixture.router.port, "echo.production.localhost", {
      headers: {
        Connection: "close, X-Secret, Host",
        "X-Secret": "1",
        "Proxy-Authorization": "Basic x",
        TE: "trailers",
        "X-Kept": "1",
      },
    });
    const { headers } = JSON.parse(answer.body) as Echo;
    expect(headers).toMatchObject({ host: "echo.production.localhost", "x-kept": "1" });
    for (const name of ["x-secret", "proxy-authorization", "te"]) expect(headers).not.toHaveProperty(name);
    expect(answer.headers["keep-alive"] ?? "").not.toContain("secret");
  });

  it("hands no cookie of a portal to a service, and takes none from it", async () => {
    const cookies = "a=1; anytime.session=secret; __Host-anytime.session=secret;anytime.csrf=x; b=anytime.2";
    expect((await askEcho({ headers: { cookie: cookies } })).headers.cookie).toBe("a=1; b=anytime.2");
    const only = { headers: { cookie: "__Secure-anytime.session=secret" } };
    expect((await askEcho(only)).headers).not.toHaveProperty("cookie");
    const answer = await ask(fixture.router.port, "echo.production.localhost");
    expect(answer.headers["set-cookie"]).toEqual(["own=1; Path=/"]);
  });

  it("keeps repeated headers apart and in order", async () => {
    const { rawHeaders } = await askEcho({ headers: { "X-Many": ["a", "b"] } });
    const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1] === "X-Many");
    expect(values).toEqual(["a", "b"]);
  });
});

describe("bodies", () => {
  it("passes bodies with a length and in chunks, for any method", async () => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "GET"]) {
      const fixed = { method, body: "hello", headers: { "Content-Length": "5" } };
      expect(await askEcho(fixed)).toMatchObject({ method, body: "hello" });
      const chunked = { method, body: "hello", headers: { "Transfer-Encoding": "chunked" } };
      expect(await askEcho(chunked)).toMatchObject({ method, body: "hello" });
    }
  });

  it("passes a POST without a body as one without", async () => {
    expect(await askEcho({ method: "POST" })).toMatchObject({ method: "POST", body: "" });
  });

  it("answers HEAD without a body and keeps the connection good", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const head = await ask(fixture.router.port, "echo.production.localhost", { method: "HEAD", agent });
    expect(head).toMatchObject({ status: 200, body: "" });
    expect(await askEcho({ agent })).toMatchObject({ method: "GET" });
    agent.destroy();
  });
});

describe("requests that could be read in two ways", () => {
  it("refuses two Host headers", async () => {
    const answer = await sendRaw("GET / HTTP/1.1\r\nHost: echo.production.localhost\r\nHost: x\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("refuses two lengths", async () => {
    const both = "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(await sendRaw(`POST / HTTP/1.1\r\nHost: echo.production.localhost\r\n${both}`)).toMatch(
      /^HTTP\/1\.1 400 /,
    );
  });

  it("refuses any other transfer coding than chunked", async () => {
    const coded = "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
    expect(await sendRaw(`POST / HTTP/1.1\r\nHost: echo.production.localhost\r\n${coded}`)).toMatch(
      /^HTTP\/1\.1 501 /,
    );
  });

  it("refuses a target that is no path", async () => {
    const answer = await sendRaw("GET http://evil/ HTTP/1.1\r\nHost: echo.production.localhost\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});
