import { hostname } from "node:os";
import type { Worker } from "node:worker_threads";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, requireDatabaseUrl, type Settings } from "#server/kernel/env.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import { type Logger, openLogger } from "#server/kernel/logger.ts";
import { previewKey } from "#server/kernel/preview-key.ts";
import { readRunFile, removeRunFile, writeRunFile } from "../supervisor/run-file.ts";
import type { PassingRules } from "./exchange.ts";
import type { PreviewSettings } from "./preview-door.ts";
import { raisePriority } from "./raise-priority.ts";
import { type RouterFiles, routerFiles, siblingsOf } from "./router-files.ts";
import { inheritedSocketFlag } from "./shared-port.ts";
import { type RunningRouter, startRouter } from "./start-router.ts";

interface Parts {
  settings: Settings;
  files: RouterFiles;
  preview: PreviewSettings;
  rules: PassingRules;
  siblings(): number[];
  isInherited: boolean;
  logger: Logger;
  controlThread: Worker;
}

/** Becomes the router of this data folder and number, until a signal ends it. */
export async function runRouter(controlThread: Worker): Promise<void> {
  raisePriority();
  const settings = loadEnvironment(process.env);
  const folder = prepareDataFolder(settings.dataFolder);
  const { routerPort: port, routerNumber } = settings;
  const files = routerFiles(folder, routerNumber);
  const siblings = () => siblingsOf(folder, routerNumber);
  const logger = openLogger("traffic-router", settings.logLevel);
  const preview = { key: previewKey(settings, folder.secretsFile), portalUrl: settings.portalUrl };
  const { trustedProxies, routerMostBodyBytes: mostBodyBytes } = settings;
  const rules = { trusted: trustedProxies.rules.length === 0 ? null : trustedProxies, mostBodyBytes };
  const isInherited = process.argv.includes(inheritedSocketFlag);
  const parts = { settings, files, preview, rules, siblings, isInherited, logger, controlThread };
  const router = await start(parts).catch((error: unknown) => {
    process.stderr.write(`The router cannot start. ${reasonOf(error, port, siblings())}\n`);
    process.exit(1);
  });
  writeRunFile(files.runFile, process.pid, { port, isReady: true });
  logger.info({ port }, "The router listens.");
  const stop = async () => {
    await router.stop();
    removeRunFile(files.runFile);
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

async function start({ settings, files, ...parts }: Parts): Promise<RunningRouter> {
  const { host, routerPort: port, routerNumber, logLevel } = settings;
  const { runFile, stateFile: statePath } = files;
  const databaseUrl = requireDatabaseUrl(settings);
  refuseTwin(runFile, routerNumber);
  // Before it listens: by this its siblings know it.
  writeRunFile(runFile, process.pid, { port, isReady: false });
  try {
    return await startRouter({ ...parts, databaseUrl, host, port, name: hostname(), statePath, logLevel });
  } catch (error) {
    removeRunFile(runFile);
    throw error;
  }
}

/** Two with one identity would acknowledge for each other. */
function refuseTwin(runFile: string, routerNumber: number): void {
  const twin = readRunFile(runFile);
  if (twin === null) return;
  throw new UserError(
    `Router ${routerNumber} of this data folder runs already (process ${twin.pid}): end it, or set ANYTIME_ROUTER_NUMBER to another number.`,
  );
}

function reasonOf(error: unknown, port: number, [sibling]: number[]): string {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  if (!isTaken) return messageOf(error);
  // An earlier version let no other router onto its port.
  return sibling === undefined
    ? `Port ${port} is in use: end what listens there, or set ANYTIME_ROUTER_PORT to another port.`
    : `Port ${port} is in use, and not by a router that shares it. Where process ${sibling} is a router of an earlier version, end it: it is started again and shares the port.`;
}
