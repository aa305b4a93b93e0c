import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { isRunning, type Marks, startTimeOf } from "#server/kernel/process-identity.ts";
import { replaceJson } from "#server/kernel/replace-file.ts";

const schema = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  /** Where that number means that process. */
  place: z.string(),
});

/** One that hears that its name was taken ends at once. */
const goneWithinMs = 5_000;
const lookEveryMs = 50;

/**
 * Waits for the process that last ran this worker on this data folder, then writes down that it is this one. False
 * where nobody can say whether it has ended: it ran in another container, on another machine, or does not end.
 */
export async function succeedEarlierLife(dataFolder: DataFolder, marks: Marks): Promise<boolean> {
  const file = join(dataFolder.runFolder, `worker-${Object.values(marks).join("-")}.json`);
  const isOver = await untilOver(file);
  replaceJson(file, { pid: process.pid, startedAt: startTimeOf(process.pid) ?? "gone", place: place() });
  return isOver;
}

async function untilOver(file: string): Promise<boolean> {
  if (!existsSync(file)) return false;
  const earlier = schema.safeParse(JSON.parse(readFileSync(file, "utf8") || "null"));
  if (!earlier.success || earlier.data.place !== place()) return false;
  const { pid, startedAt } = earlier.data;
  const deadline = performance.now() + goneWithinMs;
  while (isRunning(pid, startedAt)) {
    if (performance.now() > deadline) return false;
    await delay(lookEveryMs);
  }
  return true;
}

function place(): string {
  return process.platform === "linux" ? `${hostname()} ${readlinkSync("/proc/self/ns/pid")}` : hostname();
}
