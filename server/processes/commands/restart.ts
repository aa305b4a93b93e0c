import { setTimeout as delay } from "node:timers/promises";
import { sendSignal } from "#server/kernel/end-process.ts";
import { supervisorRunFile } from "../supervisor/find-supervisor.ts";
import { readRunFile } from "../supervisor/run-file.ts";

const withinMs = 5 * 60_000;

/** Restarts web, worker and monitor with the code as it is now; routers and instances go on serving. */
export async function restart(): Promise<number> {
  const path = supervisorRunFile();
  const running = readRunFile(path);
  if (running === null) {
    console.error("Anytime does not run on this data folder: use `npm start`.");
    return 1;
  }
  sendSignal(running.pid, "SIGUSR2");
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline) {
    const now = readRunFile(path);
    if (now !== null && now.pid !== running.pid && now.isReady === true) {
      console.log(`Restarted: ${now.url}`);
      return 0;
    }
    await delay(100);
  }
  console.error("It did not come back within five minutes. What it says stands where it was started.");
  return 1;
}
