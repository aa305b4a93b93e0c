import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { forgetRouter } from "#server/services/traffic/forget-router.ts";
import { routerFiles, routerNumbers } from "../traffic-router/router-files.ts";
import { StateFile } from "../traffic-router/state-file.ts";
import type { HeldSocket } from "./held-socket.ts";
import { type Router, routerTitle, startRouter } from "./router.ts";
import { endByRunFile } from "./run-file.ts";

export interface RoutersSettings {
  /** How many share the port. */
  count: number;
  port: number;
  /** What they inherit; null where each listens for itself. */
  socket: HeldSocket | null;
  folder: DataFolder;
  databaseUrl: string;
  environment: NodeJS.ProcessEnv;
  say(line: string): void;
}

/** The routers of this machine: each is adopted, watched and started again by itself. */
export interface Routers {
  /** `2, 1 was still serving: adopted` */
  description: string;
  leave(): Promise<void>;
  stop(): Promise<void>;
  /** After a start that failed: ends those that it has started, and leaves the others. */
  undo(): Promise<void>;
}

const stopWithinMs = 15_000;

/** Throws where none of them runs; where some do, the others are tried again. */
export async function startRouters(settings: RoutersSettings): Promise<Routers> {
  await retire(settings);
  const numbers = routerNumbers.slice(0, settings.count);
  const routers = await Promise.all(numbers.map((number) => startOne(settings, number)));
  const failures = routers.flatMap(({ failure }) => failure ?? []);
  const leave = async () => void (await Promise.all(routers.map((router) => router.leave())));
  const undo = async () => {
    await leave();
    await Promise.all(routers.filter(({ adopted }) => !adopted).map((router) => router.stop()));
  };
  const [failure] = failures;
  if (failure !== undefined && failures.length === routers.length) {
    await undo();
    throw failure;
  }
  for (const { message } of failures) settings.say(message);
  return {
    description: descriptionOf(routers),
    leave,
    stop: async () => void (await Promise.all(routers.map((router) => router.stop()))),
    undo,
  };
}

function startOne({ folder, count, ...settings }: RoutersSettings, number: number): Promise<Router> {
  const { runFile } = routerFiles(folder, number);
  const logFile = join(folder.logsFolder, `${routerTitle(number).replace(" ", "-")}.log`);
  return startRouter({ ...settings, isLone: count === 1, number, runFile, logFile });
}

function descriptionOf(routers: readonly Router[]): string {
  const adopted = routers.filter((router) => router.adopted).length;
  const running = routers.filter(({ failure }) => failure === null).length;
  const counted = routers.length === 1 ? "" : `${running} of ${routers.length}`;
  const still = adopted === routers.length ? "still serving: adopted" : `${adopted} still serving: adopted`;
  return [counted, adopted === 0 ? "" : still].filter(Boolean).join(", ");
}

/** Those above the number asked for now: nobody starts them again, so no switch may wait for them. */
async function retire({ count, folder, databaseUrl }: RoutersSettings): Promise<void> {
  for (const number of routerNumbers.slice(count)) {
    const { runFile, stateFile } = routerFiles(folder, number);
    if (!existsSync(stateFile)) continue;
    await endByRunFile(runFile, stopWithinMs);
    const state = await StateFile.open(stateFile);
    if (!state.isSignedOff) await forget(databaseUrl, state.routerId);
    rmSync(stateFile, { force: true });
  }
}

async function forget(databaseUrl: string, routerId: string): Promise<void> {
  const client = openDatabase(databaseUrl, { connections: 1, name: "anytime supervisor" });
  try {
    await forgetRouter(systemContext(client.db, "supervisor"), { routerId });
  } finally {
    await client.close();
  }
}
