import { type MessagePort, Worker } from "node:worker_threads";
import type { ControlSettings } from "./messages.ts";

/** What the control thread is told once, when it may begin. */
export interface ControlOrder {
  settings: ControlSettings;
  port: MessagePort;
  news: Int32Array;
}

/**
 * A thread that loads the database's modules and then waits for its order. That takes most of a router's start, so the
 * first one is opened before this thread loads its own: imports nothing that is slow.
 */
export function openControlThread(): Worker {
  return new Worker(new URL("./control-thread.ts", import.meta.url));
}
