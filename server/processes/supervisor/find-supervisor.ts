import { dataFolderAt } from "#server/kernel/data-folder.ts";
import { loadEnvironment } from "#server/kernel/env.ts";
import { runFileOf } from "./supervise.ts";

/** Where the supervisor of this data folder says who it is. */
export function supervisorRunFile(): string {
  return runFileOf(dataFolderAt(loadEnvironment(process.env).dataFolder), "supervisor");
}
