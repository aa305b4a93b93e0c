import { hostname } from "node:os";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, requireDatabaseUrl } from "#server/kernel/env.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { readRunFile, removeRunFile, writeRunFile } from "./supervisor/run-file.ts";
import { routerFiles, siblingsOf } from "./traffic-router/router-files.ts";
import { startRouter } from "./traffic-router/start-router.ts";

const settings = loadEnvironment(process.env);
const { host, routerPort: port, routerNumber } = settings;
const folder = prepareDataFolder(settings.dataFolder);
const logger = openLogger("traffic-router", settings.logLevel);
const { runFile, stateFile } = routerFiles(folder, routerNumber);
const siblings = () => siblingsOf(folder, routerNumber);

async function start() {
  const databaseUrl = requireDatabaseUrl(settings);
  refuseTwin();
  // Before it listens: by this its siblings know it.
  writeRunFile(runFile, process.pid, { port, isReady: false });
  try {
    const { logLevel } = settings;
    const parts = { databaseUrl, host, port, siblings, name: hostname(), logLevel, logger };
    return await startRouter({ ...parts, statePath: stateFile });
  } catch (error) {
    removeRunFile(runFile);
    throw error;
  }
}

/** Two with one identity would acknowledge for each other. */
function refuseTwin(): void {
  const twin = readRunFile(runFile);
  if (twin === null) return;
  throw new UserError(
    `Router ${routerNumber} of this data folder runs already (process ${twin.pid}): end it, or set ANYTIME_ROUTER_NUMBER to another number.`,
  );
}

function reasonOf(error: unknown): string {
  const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  if (!isTaken) return messageOf(error);
  const [sibling] = siblings();
  // An earlier version let no other router onto its port.
  return sibling === undefined
    ? `Port ${port} is in use: end what listens there, or set ANYTIME_ROUTER_PORT to another port.`
    : `Port ${port} is in use, and not by a router that shares it. Where process ${sibling} is a router of an earlier version, end it: it is started again and shares the port.`;
}

const router = await start().catch((error: unknown) => {
  process.stderr.write(`The router cannot start. ${reasonOf(error)}\n`);
  process.exit(1);
});
writeRunFile(runFile, process.pid, { port, isReady: true });
logger.info({ port }, "The router listens.");

async function stop(): Promise<void> {
  await router.stop();
  removeRunFile(runFile);
  process.exit(0);
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
