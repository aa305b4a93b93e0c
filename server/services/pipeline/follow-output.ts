import type { Readable } from "node:stream";

/** How long a pipe may stay silent after the command's group was killed: a process that left it may hold it open. */
const lastOutputMs = 500;

/**
 * Hands on what a command prints, one chunk at a time: one that prints faster than its output is taken is held back
 * by the pipe. A failing `onOutput` calls `onFailure`, and `drained` rejects with it.
 */
export function followOutput(
  stream: Readable,
  onOutput: (chunk: Buffer) => void | Promise<void>,
  onFailure: () => void,
): { drained(): Promise<void> } {
  let isTaking = false;
  let lastAt = performance.now();
  let failure: { error: unknown } | null = null;
  const closed = new Promise<void>((resolve) => stream.once("close", resolve));
  const take = async (chunk: Buffer) => {
    try {
      if (failure === null) await onOutput(chunk);
    } catch (error) {
      failure = { error };
      onFailure();
    }
    lastAt = performance.now();
  };
  const takeAll = async () => {
    if (isTaking) return;
    isTaking = true;
    for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) await take(chunk as Buffer);
    isTaking = false;
  };
  // Not "data": Node resumes a paused output when its process exits, and chunks would come side by side.
  stream.on("readable", () => void takeAll());
  return {
    async drained() {
      const timer = setInterval(() => {
        if (!isTaking && performance.now() - lastAt > lastOutputMs) stream.destroy();
      }, lastOutputMs / 5);
      await closed;
      clearInterval(timer);
      if (failure !== null) throw failure.error;
    },
  };
}
