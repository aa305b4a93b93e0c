import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { routerTitle } from "../supervisor/router.ts";
import { type RunFile, readRunFile } from "../supervisor/run-file.ts";
import { runFileOf } from "../supervisor/supervise.ts";
import { routersThatRan } from "../traffic-router/router-files.ts";

const names = ["supervisor", "web", "deploy-worker", "monitor"] as const;

/** Exit code 0 where everything runs, 1 where something does not. */
export async function status(): Promise<number> {
  const folder = dataFolderAt(loadEnvironment(process.env).dataFolder);
  const rows = [
    ...names.map((name) => ({ name, running: readRunFile(runFileOf(folder, name)) })),
    ...routersThatRan(folder).map(({ number, running }) => ({ name: routerTitle(number), running })),
  ];
  for (const row of rows) console.log(`${row.name.padEnd(18)}${stateOf(row.running)}`);
  return rows.every(({ running }) => running !== null) ? 0 : 1;
}

function stateOf(running: RunFile | null): string {
  return running === null ? "does not run" : `runs, process ${running.pid}`;
}
