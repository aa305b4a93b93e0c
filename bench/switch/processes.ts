import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { PoolColor } from "#server/domain/pools.ts";
import type { InstanceMessage } from "./instance.ts";
import type { LoadResult } from "./tally.ts";

export interface BenchInstance {
  pool: PoolColor;
  port: number;
  /** When the last request reached it, in nanoseconds of the monotonic clock. */
  lastArrival(): Promise<bigint>;
  end(): void;
}

export async function startInstance(pool: PoolColor): Promise<BenchInstance> {
  const child = fork(fileURLToPath(new URL("./instance.ts", import.meta.url)), [pool]);
  const port = (await nextMessage<InstanceMessage & { kind: "listening" }>(child)).port;
  return {
    pool,
    port,
    async lastArrival() {
      child.send("last-arrival");
      return BigInt((await nextMessage<InstanceMessage & { kind: "last-arrival" }>(child)).at);
    },
    end: () => void child.kill(),
  };
}

/** Resolves when all connections, sockets and streams are open. */
export async function startLoad(port: number, host: string): Promise<{ stop(): Promise<LoadResult> }> {
  const child = fork(fileURLToPath(new URL("./load-client.ts", import.meta.url)), [String(port), host]);
  await nextMessage(child);
  return {
    async stop() {
      child.send("stop");
      return await nextMessage<LoadResult>(child);
    },
  };
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const ended = (code: number | null) => reject(new Error(`A bench process ended with code ${code}.`));
  child.once("message", (message) => resolve(message as T));
  child.once("exit", ended);
  try {
    return await promise;
  } finally {
    child.off("exit", ended);
  }
}
