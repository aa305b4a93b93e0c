import { hostname } from "node:os";
import { join } from "node:path";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, requireDatabaseUrl } from "#server/kernel/env.ts";
import { messageOf } from "#server/kernel/errors.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { previewKey } from "#server/kernel/preview-key.ts";
import { removeRunFile, writeRunFile } from "./supervisor/run-file.ts";
import { startRouter } from "./traffic-router/start-router.ts";

const settings = loadEnvironment(process.env);
const folder = prepareDataFolder(settings.dataFolder);
const logger = openLogger("traffic-router", settings.logLevel);

const router = await startRouter({
  databaseUrl: requireDatabaseUrl(settings),
  host: settings.host,
  port: settings.routerPort,
  name: hostname(),
  preview: { key: previewKey(settings, folder.secretsFile), portalUrl: settings.portalUrl },
  statePath: folder.routerStateFile,
  logLevel: settings.logLevel,
  logger,
}).catch((error: unknown) => {
  const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const message = taken
    ? `Port ${settings.routerPort} is in use: end what listens there, or set ANYTIME_ROUTER_PORT to another port.`
    : messageOf(error);
  process.stderr.write(`The router cannot start. ${message}\n`);
  process.exit(1);
});

const runFile = join(folder.runFolder, "traffic-router.json");
writeRunFile(runFile, process.pid, { port: settings.routerPort });
logger.info({ port: settings.routerPort }, "The router listens.");

async function stop(): Promise<void> {
  await router.stop();
  removeRunFile(runFile);
  process.exit(0);
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
