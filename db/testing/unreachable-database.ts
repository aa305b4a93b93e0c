import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type DatabaseClient, openDatabase } from "#db/client.ts";

/** A database at whose address nothing answers. */
export async function openUnreachableDatabase(): Promise<DatabaseClient> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return openDatabase(`postgres://postgres@127.0.0.1:${port}/anytime`);
}
