import { createServer } from "node:http";

/** Reads what is sent and drops it: what taking in costs without anything done. */
const server = createServer((request, response) => {
  request.on("data", () => undefined);
  request.once("end", () => response.end());
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => process.send?.("listens"));
