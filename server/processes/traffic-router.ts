import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, requireDatabaseUrl } from "#server/kernel/env.ts";
import { messageOf } from "#server/kernel/errors.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { startTimeOf } from "#server/services/targets/process-identity.ts";
import { startRouter } from "./traffic-router/start-router.ts";

const settings = loadEnvironment(process.env);
const folder = prepareDataFolder(settings.dataFolder);
const logger = openLogger("traffic-router", settings.logLevel);

const router = await startRouter({
  databaseUrl: requireDatabaseUrl(settings),
  host: settings.host,
  port: settings.routerPort,
  name: hostname(),
  statePath: folder.routerStateFile,
  logger,
}).catch((error: unknown) => {
  const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
  const message = taken
    ? `Port ${settings.routerPort} is in use: end what listens there, or set ANYTIME_ROUTER_PORT to another port.`
    : messageOf(error);
  process.stderr.write(`The router cannot start. ${message}\n`);
  process.exit(1);
});

writeFileSync(
  join(folder.runFolder, "traffic-router.json"),
  JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid), port: router.port }),
);
logger.info({ port: router.port }, "The router listens.");

const stop = () => void router.stop().then(() => process.exit(0));
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
