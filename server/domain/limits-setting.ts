import { z } from "zod";
import { parseBytes } from "./bytes.ts";
import type { WantedLimits } from "./limits.ts";

const leastMemoryBytes = 16 * 1024 ** 2;

const memory = z.string().transform((text, issues) => {
  const bytes = parseBytes(text);
  if (bytes !== null && bytes >= leastMemoryBytes) return bytes;
  issues.addIssue({
    code: "custom",
    message: bytes === null ? "Write a size such as 512MB or 2GB." : "The least is 16MB.",
  });
  return z.NEVER;
});

/** `limits` in `anytime.yaml`; a worker caps them at its own. */
export const limitsSetting = z.strictObject({
  memory: memory.optional(),
  processes: z.int().min(20).max(1_000_000).optional(),
  cpus: z.number().min(0.1).max(1_024).optional(),
});

export function wantedLimits(written: z.output<typeof limitsSetting>): WantedLimits {
  return {
    memoryBytes: written.memory ?? null,
    processes: written.processes ?? null,
    cpus: written.cpus ?? null,
  };
}
