import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { type RunFile, readRunFile } from "../supervisor/run-file.ts";

type RouterFolders = Pick<DataFolder, "runFolder" | "routerFolder">;

export interface RouterFiles {
  /** Says who it is, from before it listens until it has ended. */
  runFile: string;
  /** Its identity and the routes that it knew last. */
  stateFile: string;
}

/** As many as one data folder can have; ANYTIME_ROUTERS goes no further. */
const mostRouters = 16;

export const routerNumbers: readonly number[] = Array.from({ length: mostRouters }, (_, index) => index + 1);

/** The first has the names from when there was only one: an update finds it. */
export function routerFiles({ runFolder, routerFolder }: RouterFolders, number: number): RouterFiles {
  const suffix = number === 1 ? "" : `-${number}`;
  return {
    runFile: join(runFolder, `traffic-router${suffix}.json`),
    stateFile: join(routerFolder, `state${suffix}.json`),
  };
}

/** The first, and each other that has not ended in order since it was started. */
export function routersThatRan(folder: RouterFolders): { number: number; running: RunFile | null }[] {
  return routerNumbers.flatMap((number) => {
    const { runFile } = routerFiles(folder, number);
    return number === 1 || existsSync(runFile) ? { number, running: readRunFile(runFile) } : [];
  });
}

/** The processes with which a router may share its port: the others of its data folder. */
export function siblingsOf(folder: RouterFolders, ownNumber: number): number[] {
  const others = routersThatRan(folder).filter(({ number }) => number !== ownNumber);
  return others.flatMap(({ running }) => running?.pid ?? []);
}
