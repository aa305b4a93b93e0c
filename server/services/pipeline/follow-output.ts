import type { Readable } from "node:stream";

/** A process that got away from its command may hold the pipe open: for so long in silence, and for so long in all. */
const lastSilenceMs = 500;
const lastOutputMs = 2_000;
/** More than pipe and stream hold when a command ends: what comes beyond it is not the command's. */
const mostHeldBytes = 1024 * 1024;

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
  let bytes = 0;
  let failure: { error: unknown } | null = null;
  const closed = new Promise<void>((resolve) => stream.once("close", resolve));
  const take = async (chunk: Buffer) => {
    bytes += chunk.length;
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
      const [endedAt, bytesAtEnd] = [performance.now(), bytes];
      const isOver = () => {
        if (bytes - bytesAtEnd > mostHeldBytes) return true;
        const now = performance.now();
        // While the database is slow a chunk may be long in the taking: the rest is not dropped for that.
        return !isTaking && (now - lastAt > lastSilenceMs || now - endedAt > lastOutputMs);
      };
      const timer = setInterval(() => isOver() && stream.destroy(), lastSilenceMs / 5);
      await closed;
      clearInterval(timer);
      if (failure !== null) throw failure.error;
    },
  };
}
