/** The least that a proxy of `node:http` with kept connections is: what the router's CPU is measured against. */
import { Agent, createServer, request as openRequest } from "node:http";
import type { AddressInfo } from "node:net";

const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, maxFreeSockets: 1_024 });

const server = createServer((request, response) => {
  const upstream = openRequest(
    {
      host: "127.0.0.1",
      port,
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: request.headers,
      agent,
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  upstream.on("error", () => response.destroy());
  request.pipe(upstream);
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
