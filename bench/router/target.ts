/**
 * The service behind every proxy of the router bench: answers each GET with the same bytes, for as little CPU as
 * Node can, so that the proxies share two processors with next to nothing.
 */
import { type AddressInfo, createServer } from "node:net";

const body = "Hello from the bench.\n";
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n${body}`,
);
const end = "\r\n\r\n";

const server = createServer((socket) => {
  let rest = "";
  socket.setNoDelay(true);
  socket.setEncoding("latin1");
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: string) => {
    const requests = (rest + chunk).split(end);
    rest = requests.pop() ?? "";
    for (const _request of requests) socket.write(answer);
  });
});
process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
