import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { installationOf } from "#server/flows/installation.ts";
import { systemContext } from "#server/kernel/context.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, repositoryRoot, requireDatabaseUrl } from "#server/kernel/env.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { openOutside } from "#server/services/broadcast/outside.ts";
import { openDepot } from "#server/services/pipeline/open-depot.ts";
import { onStop } from "./deploy-worker/stop-signals.ts";
import { startMonitor } from "./monitor/start-monitor.ts";

/** Looks after what nobody asks for: lost deployments, removals, fresh mirrors, the tour. */
const settings = loadEnvironment(process.env);
const logger = openLogger("monitor", settings.logLevel);
const databaseUrl = requireDatabaseUrl(settings);
const dataFolder = prepareDataFolder(settings.dataFolder);
const client = openDatabase(databaseUrl, { name: "anytime monitor", connections: 5 });
const installation = installationOf(settings, dataFolder);
const outside = openOutside(settings, installation.sealingKeys);
const monitor = await startMonitor({
  outside,
  ctx: systemContext(client.db, "monitor"),
  sql: client.sql,
  databaseUrl,
  installation,
  artifacts: { keepReleases: settings.keepReleases, shared: openDepot(settings, dataFolder).shared },
  exampleFolder: join(repositoryRoot, "examples/hello"),
  recoverySeconds: settings.recoverySeconds,
  logger,
});

onStop(async () => {
  logger.info("stopping");
  await monitor.stop();
  outside.close();
  await client.close();
  process.exit(0);
});
process.send?.({ type: "ready" });
logger.info("ready");
