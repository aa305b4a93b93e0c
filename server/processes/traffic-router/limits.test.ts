import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ask, openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import type { RouterProcess } from "./testing/router-process.ts";
import { startTestInstance, type TestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
let instance: TestInstance;
/** A router behind a proxy, and with little room. */
let strict: RouterProcess;
let seen: { request: IncomingMessage; body: string }[] = [];
const host = "echo.production.localhost";

beforeAll(async () => {
  fixture = await openRouterFixture();
  instance = await startTestInstance("echo", async (request, response) => {
    const body = await text(request).catch(() => "cut off");
    seen.push({ request, body });
    response.end("echo");
  });
  await fixture.serve("echo", { blue: [instance.port] });
  strict = await fixture.startAnother("strict", {
    variables: { ANYTIME_TRUSTED_PROXIES: "127.0.0.0/8", ANYTIME_ROUTER_MAX_BODY: "1KB" },
  });
  await until(async () => (await ask(strict.port, host)).status === 200);
});
beforeEach(() => {
  seen = [];
});
afterAll(async () => {
  await fixture.close();
  await instance.close();
});

const said = {
  "X-Forwarded-For": "203.0.113.7, nonsense, 2001:db8::1",
  "X-Forwarded-Proto": "https",
  "X-Forwarded-Host": "shop.example.org",
  "X-Forwarded-Prefix": "/evil",
  "X-Real-IP": "6.6.6.6",
  Forwarded: "for=6.6.6.6;host=evil",
};

describe("what is said of earlier hops", () => {
  it("is passed on where a trusted proxy says it, as far as it has the form", async () => {
    await ask(strict.port, host, { headers: said });
    const headers = seen[0]?.request.headers;
    expect(headers).toMatchObject({
      "x-forwarded-for": "203.0.113.7, 2001:db8::1, 127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "shop.example.org",
    });
    for (const name of ["forwarded", "x-real-ip", "x-forwarded-prefix"])
      expect(headers).not.toHaveProperty(name);
  });

  it("is replaced where anybody else does", async () => {
    await ask(fixture.router.port, host, { headers: said });
    expect(seen[0]?.request.headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": host,
    });
  });

  it("is bounded, and no way to write other headers", async () => {
    const hops = Array.from({ length: 60 }, (_, hop) => `10.0.0.${hop}`).join(", ");
    await ask(strict.port, host, {
      headers: { "X-Forwarded-For": hops, "X-Forwarded-Proto": "ftp", "X-Forwarded-Host": "evil host/" },
    });
    const headers = seen[0]?.request.headers;
    expect(String(headers?.["x-forwarded-for"]).split(", ")).toHaveLength(21);
    expect(headers).toMatchObject({ "x-forwarded-proto": "http", "x-forwarded-host": host });
  });
});

describe("a body", () => {
  it("that is longer than what is passed on is refused before anything of it is", async () => {
    const answer = await ask(strict.port, host, { method: "POST", body: "x".repeat(1_025) });
    expect(answer).toMatchObject({
      status: 413,
      body: "The request is larger than what is passed on here.\n",
    });
    expect(seen).toEqual([]);
    expect(await ask(strict.port, host, { method: "POST", body: "x".repeat(1_024) })).toMatchObject({
      status: 200,
    });
  });

  it("whose length nobody said is cut when it has grown too long", async () => {
    const headers = { "Transfer-Encoding": "chunked" };
    const answer = await ask(strict.port, host, { method: "POST", headers, body: "x".repeat(5_000) });
    expect(answer.status).toBe(413);
    await until(() => seen.every(({ body }) => body === "cut off"));
  });

  it.each(["Content-Length: 8000000", "Transfer-Encoding: chunked"])(
    "that is refused (%s) does not cost a client its answer that sends all of it before it looks",
    async (framing) => {
      const socket = connect(strict.port, "127.0.0.1");
      const chunked = framing.startsWith("Transfer");
      socket.write(post(framing, chunked ? "7a1200\r\n" : ""));
      await new Promise<void>((resolve, reject) => {
        socket.once("error", reject);
        socket.write("x".repeat(8_000_000) + (chunked ? "\r\n0\r\n\r\n" : ""), () => resolve());
      });
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 [\s\S]*larger than what is passed on here\.\n$/);
    },
  );
});

/** Sends the bytes, and says with what the first answer began; the connection is ended then. */
async function send(bytes: string): Promise<string> {
  const socket = connect(fixture.router.port, "127.0.0.1");
  socket.on("error", () => socket.destroy());
  socket.write(bytes);
  let answer = "";
  for await (const chunk of socket) {
    answer += chunk;
    if (answer.includes("\r\n\r\n")) break;
  }
  socket.destroy();
  return answer.split("\r\n", 1)[0] ?? "";
}

const hidden = `GET /hidden HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const post = (framing: string, body: string) =>
  `POST / HTTP/1.1\r\nHost: ${host}\r\n${framing}\r\n\r\n${body}`;
const length = hidden.length;

describe("a request that could be read in two ways", () => {
  it.each([
    [
      "with both lengths and chunks",
      post(`Content-Length: 4\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${hidden}`),
    ],
    ["with two lengths", post(`Content-Length: 0\r\nContent-Length: ${length}`, hidden)],
    ["with a list of lengths", post(`Content-Length: 0, ${length}`, hidden)],
    ["with a signed length", post(`Content-Length: +0`, hidden)],
    ["with a length in hex", post(`Content-Length: 0x0`, hidden)],
    ["with a negative length", post(`Content-Length: -1`, hidden)],
    ["with a space before the colon", post(`Content-Length : ${length}`, hidden)],
    ["with a folded header", post(`X-A: 1\r\n Content-Length: ${length}`, hidden)],
    ["with an unknown coding", post(`Transfer-Encoding: xchunked`, `0\r\n\r\n${hidden}`)],
    ["with chunks not last", post(`Transfer-Encoding: chunked, identity`, `0\r\n\r\n${hidden}`)],
    [
      "with chunks twice",
      post(`Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked`, `0\r\n\r\n${hidden}`),
    ],
    ["with a vertical tab in the coding", post(`Transfer-Encoding: \u000bchunked`, `0\r\n\r\n${hidden}`)],
    ["with lines that end in LF alone", `POST / HTTP/1.1\nHost: ${host}\nContent-Length: 0\n\n${hidden}`],
    ["with a NUL in a header", `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: a\u0000b\r\n\r\n`],
    ["with two hosts", `GET / HTTP/1.1\r\nHost: ${host}\r\nHost: other\r\n\r\n`],
    ["with an absolute target", `GET http://other/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
    ["without a host", `GET / HTTP/1.1\r\n\r\n`],
    ["of another protocol", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`],
  ])("%s reaches no instance", async (_, bytes) => {
    expect(await send(bytes)).toMatch(/^HTTP\/1\.1 (?:400|404|501|505) |^$/);
    // A request that is answered says that whatever came before has been read.
    await ask(fixture.router.port, host, { path: "/after" });
    expect(seen.map(({ request }) => request.url)).toEqual(["/after"]);
  });

  it.each([
    ["a chunk without a size", "x\r\nabc\r\n0\r\n\r\n"],
    ["a chunk with a signed size", "+3\r\nabc\r\n0\r\n\r\n"],
    ["a chunk that is longer than it says", "3\r\nabcd\r\n0\r\n\r\n"],
    ["a size that overflows", "FFFFFFFFFFFFFFFFF\r\nabc\r\n0\r\n\r\n"],
  ])("%s ends the connection, and nothing after it is a request", async (_, body) => {
    await send(post("Transfer-Encoding: chunked", `${body}${hidden}`));
    await ask(fixture.router.port, host, { path: "/after" });
    expect(seen.map(({ request }) => request.url)).not.toContain("/hidden");
  });
});
