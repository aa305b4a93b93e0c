import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestInstance {
  name: string;
  port: number;
  server: Server;
  close(): Promise<void>;
}

/** A real HTTP service that answers with its name, or as `listener` does. */
export async function startTestInstance(name: string, listener?: RequestListener): Promise<TestInstance> {
  const server = createServer(listener ?? ((_request, response) => void response.end(name)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    name,
    server,
    port: (server.address() as AddressInfo).port,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}
