import { once } from "node:events";
import {
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
  request,
  type ServerResponse,
} from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRouterFixture, type RouterFixture, until } from "./testing/router-fixture.ts";
import { startTestInstance, type TestInstance } from "./testing/test-instance.ts";

let fixture: RouterFixture;
let instance: TestInstance;
/** What the instance is to do with the next request. */
let serve: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  fixture = await openRouterFixture();
  instance = await startTestInstance("stream", (request, response) => serve(request, response));
  instance.server.on("checkContinue", (request, response) => serve(request, response));
  await fixture.serve("stream", { blue: [instance.port] });
});
afterAll(async () => {
  await fixture.close();
  await instance.close();
});

function open(options: RequestOptions = {}): ClientRequest {
  const { headers, ...rest } = options;
  return request({
    host: "127.0.0.1",
    port: fixture.router.port,
    agent: false,
    headers: { Host: "stream.production.localhost", ...headers },
    ...rest,
  });
}

async function answerTo(asked: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  return answer;
}

describe("answers", () => {
  it("arrive piece by piece, headers before the first piece", async () => {
    const held = Promise.withResolvers<ServerResponse>();
    serve = (_request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
      held.resolve(response);
    };
    const answer = await answerTo(open().end());
    expect(answer.headers["content-type"]).toBe("text/event-stream");
    const response = await held.promise;
    for (const event of ["data: 1\n\n", "data: 2\n\n"]) {
      response.write(event);
      const [chunk] = await once(answer, "data");
      expect(String(chunk)).toBe(event);
    }
    response.end();
    await once(answer, "end");
  });

  it("keep trailers", async () => {
    serve = (_request, response) => {
      response.writeHead(200, { Trailer: "X-Sum" });
      response.write("body");
      response.addTrailers({ "X-Sum": "42" });
      response.end();
    };
    const answer = await answerTo(open().end());
    expect(await text(answer)).toBe("body");
    expect(answer.trailers).toEqual({ "x-sum": "42" });
  });

  it("wait for a slow client instead of filling memory", async () => {
    const bytes = 64 * 1_024 * 1_024;
    let written = 0;
    serve = (_request, response) => {
      response.writeHead(200, { "Content-Length": String(bytes) });
      const chunk = Buffer.alloc(64 * 1_024);
      const more = () => {
        while (written < bytes) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    };
    const answer = await answerTo(open().end());
    let before = -1;
    await until(async () => {
      const still = written === before;
      before = written;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return still;
    });
    expect(written).toBeLessThan(bytes / 2);
    let received = 0;
    for await (const chunk of answer) received += (chunk as Buffer).length;
    expect(received).toBe(bytes);
  });

  it("that break off break off for the client too", async () => {
    serve = (_request, response) => {
      response.writeHead(200, { "Content-Length": "100" });
      response.write("half", () => response.destroy());
    };
    const answer = await answerTo(open().end());
    await expect(text(answer)).rejects.toThrow("aborted");
  });
});

describe("bodies", () => {
  it("are passed on while they come", async () => {
    const pieces: string[] = [];
    serve = async (request, response) => {
      for await (const piece of request) pieces.push(String(piece));
      response.end("done");
    };
    const asked = open({ method: "POST" });
    asked.write("first");
    await until(() => pieces.join("") === "first");
    asked.write("second");
    await until(() => pieces.join("") === "firstsecond");
    asked.end();
    expect(await text(await answerTo(asked))).toBe("done");
  });

  it("are asked for only when the instance asks for them", async () => {
    serve = async (request, response) => {
      response.writeContinue();
      response.end(await text(request));
    };
    const asked = open({ method: "POST", headers: { Expect: "100-continue", "Content-Length": "4" } });
    asked.flushHeaders();
    await once(asked, "continue");
    asked.end("body");
    expect(await text(await answerTo(asked))).toBe("body");
  });

  it("are not asked for when the instance refuses them", async () => {
    serve = (_request, response) => void response.writeHead(413).end("too large");
    const asked = open({ method: "POST", headers: { Expect: "100-continue", "Content-Length": "4" } });
    asked.flushHeaders();
    const answer = await answerTo(asked);
    expect(answer.statusCode).toBe(413);
    expect(answer.headers.connection).toBe("close");
    expect(await text(answer)).toBe("too large");
    asked.destroy();
  });
});

describe("a client that goes away", () => {
  it("ends the request at the instance", async () => {
    const ended = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    serve = (_request, response) => {
      response.on("close", () => ended.resolve());
      begun.resolve();
    };
    const asked = open().end();
    asked.on("error", () => undefined);
    await begun.promise;
    asked.destroy();
    await ended.promise;
  });
});

describe("upgrades", () => {
  const handshake =
    "GET /socket HTTP/1.1\r\nHost: stream.production.localhost\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

  beforeAll(() => {
    instance.server.on("upgrade", (request, socket) => {
      if (request.url !== "/socket")
        return socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nwelcome ",
      );
      socket.pipe(socket);
    });
  });

  it("pass bytes both ways, the very first ones too", async () => {
    const client = connect(fixture.router.port, "127.0.0.1");
    client.write(`${handshake}early `);
    let received = "";
    client.on("data", (chunk) => {
      received += chunk;
    });
    await until(() => received.endsWith("early "));
    expect(received).toMatch(
      /^HTTP\/1\.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n/,
    );
    client.end("late");
    await once(client, "close");
    expect(received.endsWith("welcome early late")).toBe(true);
  });

  it("pass a refusal on as it is", async () => {
    const client = connect(fixture.router.port, "127.0.0.1");
    client.write(handshake.replace("/socket", "/other"));
    const answer = await text(client);
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer.endsWith("no")).toBe(true);
  });

  it("answer 404 where there is no service", async () => {
    const client = connect(fixture.router.port, "127.0.0.1");
    client.write(handshake.replace("stream.", "nobody."));
    expect(await text(client)).toMatch(/^HTTP\/1\.1 404 /);
  });
});
