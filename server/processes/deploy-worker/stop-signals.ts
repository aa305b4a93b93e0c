import { z } from "zod";

/** `keep`: instances go on serving without the worker. `end`: they end, and start again with the next worker. */
export type Instances = "keep" | "end";

const stopMessage = z.object({ type: z.literal("stop"), instances: z.enum(["keep", "end"]).default("keep") });

/** Calls `stop` once: on the supervisor's message, when the supervisor is gone, or on a signal. */
export function onStop(stop: (instances: Instances) => Promise<void>): void {
  let isStopping = false;
  const once = (instances: Instances) => {
    if (isStopping) return;
    isStopping = true;
    void stop(instances);
  };
  process.on("message", (message) => {
    const parsed = stopMessage.safeParse(message);
    if (parsed.success) once(parsed.data.instances);
  });
  process.on("disconnect", () => once("keep"));
  process.on("SIGTERM", () => once("keep"));
  process.on("SIGINT", () => once("keep"));
}
