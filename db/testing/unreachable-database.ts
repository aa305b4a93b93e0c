import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type DatabaseClient, openDatabase } from "#db/client.ts";

/** A database at whose address nothing answers. */
export async function openUnreachableDatabase(): Promise<DatabaseClient> {
  const { server, url } = await listen();
  server.close();
  await once(server, "close");
  return openDatabase(url);
}

/** A database that takes every connection and says nothing, as a server does that hangs. */
export async function openSilentDatabase(answerWithinMs: number): Promise<DatabaseClient> {
  const { server, url } = await listen();
  const client = openDatabase(url, { answerWithinMs });
  return {
    ...client,
    async close() {
      server.close();
      await client.sql.end({ timeout: 0 });
    },
  };
}

async function listen() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { server, url: `postgres://postgres@127.0.0.1:${port}/anytime` };
}
