import { setTimeout as delay } from "node:timers/promises";
import { sendSignal } from "#server/kernel/end-process.ts";
import { supervisorRunFile } from "../supervisor/find-supervisor.ts";
import { readRunFile } from "../supervisor/run-file.ts";

/** Ctrl-C from elsewhere: ends everything, instances included, and waits for it. */
export async function stop(): Promise<number> {
  const path = supervisorRunFile();
  const running = readRunFile(path);
  if (running === null) {
    console.log("Anytime does not run on this data folder.");
    return 0;
  }
  sendSignal(running.pid, "SIGTERM");
  while (readRunFile(path)?.pid === running.pid) await delay(50);
  console.log("Stopped.");
  return 0;
}
