import { openDatabase } from "#db/client.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, requireDatabaseUrl } from "#server/kernel/env.ts";
import { messageOf } from "#server/kernel/errors.ts";
import { openLogger } from "#server/kernel/logger.ts";
import { openPortal } from "#server/kernel/portal.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { onStop } from "./deploy-worker/stop-signals.ts";
import { startWeb } from "./web/start-web.ts";

/** Pages, API and live streams. ANYTIME_DEV=1 serves pages from source, for who works on the portal itself. */
/** Whoever looks at a page hears of a database that hangs. No request asks for anything that takes it so long. */
const answerWithinMs = 15_000;
const settings = loadEnvironment(process.env);
const logger = openLogger("web", settings.logLevel);
const databaseUrl = requireDatabaseUrl(settings);
const folders = prepareDataFolder(settings.dataFolder);
const { sessionSecret } = storedSecrets(folders.secretsFile);
const portal = openPortal(() => ({
  settings,
  folders,
  secrets: { sessionSecret },
  logger,
  database: openDatabase(databaseUrl, { name: "anytime web", answerWithinMs }),
}));
const web = await startWeb(portal, { isDevelopment: process.env.ANYTIME_DEV === "1" }).catch(
  (error: unknown) => {
    const taken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    const message = taken
      ? `Port ${settings.portalPort} is in use: end what listens there, or set ANYTIME_PORT to another port.`
      : messageOf(error);
    logger.error({ err: taken ? undefined : error }, `The portal cannot start. ${message}`);
    process.exit(1);
  },
);

onStop(async () => {
  logger.info("stopping");
  await web.stop();
  process.exit(0);
});
process.send?.({ type: "ready" });
logger.info({ url: settings.portalUrl }, "ready");
