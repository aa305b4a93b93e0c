import { readFileSync, rmSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { sendSignal } from "#server/kernel/end-process.ts";
import { isRunning, startTimeOf } from "#server/kernel/process-identity.ts";
import { replaceJson } from "#server/kernel/replace-file.ts";

/** Who runs, kept in the data folder: a pid with the kernel's start time, so that a reused number is noticed. */
const schema = z.object({
  pid: z.int().positive(),
  startTime: z.string(),
  port: z.int().optional(),
  url: z.string().optional(),
  isReady: z.boolean().optional(),
});
export type RunFile = z.infer<typeof schema>;

/** What the file names, if it still runs; null otherwise. */
export function readRunFile(path: string): RunFile | null {
  const parsed = schema.safeParse(JSON.parse(readIfThere(path) || "null"));
  return parsed.success && isRunning(parsed.data.pid, parsed.data.startTime) ? parsed.data : null;
}

/** Whom it names may remove it at any moment. */
function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

export function writeRunFile(
  path: string,
  pid: number,
  more: Pick<RunFile, "port" | "url" | "isReady"> = {},
): void {
  replaceJson(path, { pid, startTime: startTimeOf(pid) ?? "gone", ...more });
}

export function removeRunFile(path: string): void {
  rmSync(path, { force: true });
}

/** TERM, then KILL after the grace time. Resolves when it runs no more. */
export async function endByRunFile(path: string, graceMs: number): Promise<void> {
  const running = readRunFile(path);
  if (running !== null) {
    sendSignal(running.pid, "SIGTERM");
    if (!(await isGone(path, graceMs))) {
      sendSignal(running.pid, "SIGKILL");
      await isGone(path, 5_000);
    }
  }
  removeRunFile(path);
}

async function isGone(path: string, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    if (readRunFile(path) === null) return true;
    await delay(25);
  }
  return false;
}
