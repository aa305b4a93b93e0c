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
    stream.pause();
    isTaking = true;
    try {
      await onOutput(chunk);
    } catch (error) {
      failure ??= { error };
      onFailure();
    }
    isTaking = false;
    lastAt = performance.now();
    stream.resume();
  };
  stream.on("data", (chunk: Buffer) => {
    if (failure === null) void take(chunk);
  });
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
