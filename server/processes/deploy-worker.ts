import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, requireDatabaseUrl } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { startWorker } from "./deploy-worker/start-worker.ts";
import { onStop } from "./deploy-worker/stop-signals.ts";

/** Claims and runs deployments, and looks after the instances on this machine. */
const closedWithinMs = 1_000;
// What is made for services to read is readable, whatever the umask of who started the portal.
process.umask(0o022);
const settings = loadEnvironment(process.env);
const logger = openLogger("deploy-worker", settings.logLevel);
const databaseUrl = requireDatabaseUrl(settings);
const client = openDatabase(databaseUrl, { name: "anytime deploy-worker" });
const lifeline = openDatabase(databaseUrl, {
  name: "anytime deploy-worker lifeline",
  connections: 1,
  prepare: true,
});
const worker = await startWorker({
  ctx: systemContext(client.db, settings.workerName),
  lifeline: systemContext(lifeline.db, settings.workerName),
  sql: client.sql,
  settings,
  dataFolder: prepareDataFolder(settings.dataFolder),
  logger,
});

onStop(async (instances) => {
  logger.info({ instances }, "stopping");
  await worker.stop(instances);
  // Queries that nobody waits for any more are not worth the supervisor's patience.
  await Promise.race([Promise.all([client.close(), lifeline.close()]), delay(closedWithinMs)]);
  process.exit(0);
});
worker.superseded.then(() => {
  logger.error(
    `Another process has started as the worker ${settings.workerName}, so this one ends. ` +
      "Give each a name of its own by ANYTIME_WORKER.",
  );
  process.exit(1);
});
process.send?.({ type: "ready" });
logger.info({ worker: settings.workerName }, "ready");
