import { createServer } from "node:http";
import { renderPage } from "./page.mjs";

const longestWaitMs = 30_000;

/** The whole service. `close` lets open requests finish, ends streams, and resolves when nothing is open. */
export function createApp(facts) {
  const startedAt = Date.now();
  const streams = new Set();
  let isClosing = false;
  const now = () => ({ ...facts, upSeconds: Math.round((Date.now() - startedAt) / 1000) });

  const routes = {
    "/": (_, response) => answer(response, 200, "text/html; charset=utf-8", renderPage(facts)),
    "/healthz": (_, response) => answerJson(response, isClosing ? 503 : 200, { ok: !isClosing }),
    "/api/hello": (_, response) => answerJson(response, 200, now()),
    "/api/slow": (url, response) => {
      const asked = Number(url.searchParams.get("ms") ?? 1_000);
      const waitMs = Math.min(longestWaitMs, Math.max(0, Number.isFinite(asked) ? asked : 1_000));
      setTimeout(() => answerJson(response, 200, { ...now(), waitedMs: waitMs }), waitMs);
    },
    "/stream": (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      const send = () => response.write(`retry: 500\ndata: ${JSON.stringify(now())}\n\n`);
      send();
      const timer = setInterval(send, 1_000);
      streams.add(response);
      response.on("close", () => {
        clearInterval(timer);
        streams.delete(response);
      });
    },
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://hello");
    const route = Object.hasOwn(routes, url.pathname) ? routes[url.pathname] : undefined;
    response.setHeader("x-release", facts.release);
    // A connection that was busy when closing began is idle only now.
    response.once("close", () => isClosing && setImmediate(() => server.closeIdleConnections()));
    if (route === undefined) return answerJson(response, 404, { error: `There is no ${url.pathname} here.` });
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return answerJson(response, 405, { error: "Only GET is answered." });
    }
    route(url, response);
  });
  // Longer than any load balancer keeps an idle connection, so that it never meets one just closed here.
  server.keepAliveTimeout = 75_000;

  return {
    listen: (port, host) => new Promise((done, fail) => server.once("error", fail).listen(port, host, done)),
    port: () => server.address().port,
    close() {
      isClosing = true;
      const closed = new Promise((done) => server.close(done));
      for (const stream of streams) stream.end();
      server.closeIdleConnections();
      return closed;
    },
  };
}

function answer(response, status, type, body) {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(body);
}

function answerJson(response, status, body) {
  answer(response, status, "application/json", `${JSON.stringify(body)}\n`);
}
