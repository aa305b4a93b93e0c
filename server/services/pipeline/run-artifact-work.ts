import { Worker } from "node:worker_threads";
import { StepError } from "#server/kernel/errors.ts";
import type { FromThread, ToThread } from "./artifact-thread.ts";
import { type PackedFile, type PackWork, RefusedArtifactError, type UnpackWork } from "./artifact-work.ts";

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

let thread: Worker | null = null;
let lastId = 0;
const waiting = new Map<number, Waiting>();

/**
 * Packs or unpacks in a thread beside this one, which has leases to renew meanwhile. There is one for all; it stays,
 * since starting one takes as long as a small artifact.
 */
export function runArtifactWork(work: PackWork, signal?: AbortSignal): Promise<PackedFile>;
export function runArtifactWork(work: UnpackWork, signal?: AbortSignal): Promise<void>;
export async function runArtifactWork(work: PackWork | UnpackWork, signal?: AbortSignal): Promise<unknown> {
  signal?.throwIfAborted();
  const worker = openThread();
  lastId += 1;
  const id = lastId;
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  waiting.set(id, { resolve, reject });
  worker.ref();
  const abort = () => worker.postMessage({ id, abort: true } satisfies ToThread);
  signal?.addEventListener("abort", abort, { once: true });
  worker.postMessage({ id, work } satisfies ToThread);
  try {
    return await promise;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
  }
}

/** Starts the thread before anybody waits for it. */
export function prepareArtifactWork(): void {
  openThread();
}

function openThread(): Worker {
  if (thread !== null) return thread;
  const opened = new Worker(new URL("./artifact-thread.ts", import.meta.url));
  opened.unref();
  opened.on("message", settle);
  opened.on("error", (error) => lose(opened, error));
  opened.on("exit", () => lose(opened, new Error("The thread that packs and unpacks has ended.")));
  thread = opened;
  return opened;
}

function settle(message: FromThread): void {
  const one = waiting.get(message.id);
  if ("result" in message) one?.resolve(message.result);
  else if ("error" in message) one?.reject(message.error);
  else if (message.problem === "refused") one?.reject(new RefusedArtifactError(message.message));
  else one?.reject(new StepError(message.message));
}

function lose(lost: Worker, error: unknown): void {
  if (thread !== lost) return;
  thread = null;
  for (const one of waiting.values()) one.reject(error);
}
