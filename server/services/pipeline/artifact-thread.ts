import { parentPort } from "node:worker_threads";
import { isDiskFull } from "#server/kernel/disk-full.ts";
import { StepError } from "#server/kernel/errors.ts";
import { type PackWork, pack, RefusedArtifactError, type UnpackWork, unpack } from "./artifact-work.ts";

/** The thread that packs and unpacks: see run-artifact-work.ts, which is all that talks to it. */
export type ToThread = { id: number; work: PackWork | UnpackWork } | { id: number; abort: true };
export type FromThread = { id: number } & (
  | { result: unknown }
  | { problem: "step" | "refused"; message: string }
  | { error: unknown }
);

const running = new Map<number, AbortController>();

parentPort?.on("message", (message: ToThread) => {
  if ("abort" in message) running.get(message.id)?.abort();
  else void answer(message.id, message.work);
});

async function answer(id: number, work: PackWork | UnpackWork): Promise<void> {
  const controller = new AbortController();
  running.set(id, controller);
  try {
    const result =
      work.kind === "pack" ? await pack(work, controller.signal) : await unpack(work, controller.signal);
    say({ id, result });
  } catch (error) {
    if (error instanceof StepError) say({ id, problem: "step", message: error.message });
    else if (error instanceof RefusedArtifactError) say({ id, problem: "refused", message: error.message });
    else if (isDiskFull(error)) say({ id, problem: "step", message: noRoom(work) });
    else say({ id, error });
  } finally {
    running.delete(id);
  }
}

function say(message: FromThread): void {
  parentPort?.postMessage(message);
}

function noRoom(work: PackWork | UnpackWork): string {
  const place = work.kind === "pack" ? work.file : work.folder;
  const act = work.kind === "pack" ? "pack the artifact" : "unpack the artifact";
  return `There is no room left on the worker's disk to ${act} (${place}). What was written of it is removed: make room, then deploy again.`;
}
