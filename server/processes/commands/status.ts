import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { readRunFile } from "../supervisor/run-file.ts";
import { runFileOf } from "../supervisor/supervise.ts";

const names = ["supervisor", "web", "deploy-worker", "monitor", "traffic-router"] as const;

/** Exit code 0 where everything runs, 1 where something does not. */
export async function status(): Promise<number> {
  const folder = dataFolderAt(loadEnvironment(process.env).dataFolder);
  const rows = names.map((name) => ({ name, running: readRunFile(runFileOf(folder, name)) }));
  for (const { name, running } of rows) {
    console.log(`${name.padEnd(16)}${running === null ? "does not run" : `runs, process ${running.pid}`}`);
  }
  return rows.every(({ running }) => running !== null) ? 0 : 1;
}
