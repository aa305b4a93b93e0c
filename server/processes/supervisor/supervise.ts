import { join } from "node:path";
import { openDatabase } from "#db/client.ts";
import { systemContext } from "#server/kernel/context.ts";
import { type DataFolder, prepareDataFolder } from "#server/kernel/data-folder.ts";
import { loadEnvironment, type Settings } from "#server/kernel/env.ts";
import { messageOf, UserError, ValidationError } from "#server/kernel/errors.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { ensureAdministrator } from "#server/services/identity/ensure-administrator.ts";
import { issueSetupLink } from "#server/services/identity/issue-setup-link.ts";
import { endMarked } from "#server/services/targets/end-marked.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import { siblingsOf } from "../traffic-router/router-files.ts";
import { build, isBuilt } from "./build.ts";
import { checkPortIsFree } from "./check-port.ts";
import { type Child, type ChildName, startChild } from "./child.ts";
import { openSupervisedDatabase, type SupervisedDatabase } from "./database.ts";
import { HeldSocket } from "./held-socket.ts";
import { prepareDatabase } from "./prepare-database.ts";
import { openProgress, type Progress } from "./progress.ts";
import { type Routers, startRouters } from "./routers.ts";
import { endByRunFile, readRunFile, removeRunFile, writeRunFile } from "./run-file.ts";

/**
 * All processes on one machine. Web, worker and monitor are children and end with us; the routers, the instances
 * and the embedded PostgreSQL run on their own and are adopted by the next start.
 */
export type Ending = "stop" | "restart";

interface Started {
  children: Map<ChildName, Child>;
  routers: Routers;
  socket: HeldSocket | null;
  database: SupervisedDatabase;
}

const childNames: readonly ChildName[] = ["deploy-worker", "monitor", "web"];
const leftoverGraceMs = 15_000;

export const runFileOf = (folder: DataFolder, name: ChildName | "supervisor") =>
  join(folder.runFolder, `${name}.json`);

/** Starts everything and resolves when it is all stopped again, by `ending` or because a start failed. */
export async function supervise(ending: Promise<Ending>): Promise<Ending> {
  const settings = loadEnvironment(process.env);
  const progress = openProgress(process.stdout);
  const folder = prepareDataFolder(settings.dataFolder);
  const own = runFileOf(folder, "supervisor");
  refuseSecondStart(own);
  writeRunFile(own, process.pid, { url: settings.portalUrl });
  progress.say(`Anytime, data folder ${folder.root}\n`);
  const stoppers: (() => Promise<void>)[] = [];
  try {
    const started = await startAll(settings, folder, progress, stoppers);
    writeRunFile(own, process.pid, { url: settings.portalUrl, isReady: true });
    const asked = await ending;
    progress.say(asked === "stop" ? "\nStopping." : "\nRestarting: services go on serving.");
    await stopAll(started, asked, settings, progress);
    return asked;
  } catch (error) {
    for (const stop of stoppers.reverse()) await stop();
    throw error;
  } finally {
    removeRunFile(own);
  }
}

function refuseSecondStart(runFile: string): void {
  const running = readRunFile(runFile);
  if (running === null) return;
  const where = running.url === undefined ? "" : ` at ${running.url}`;
  throw new UserError(
    `Anytime already runs on this data folder${where} (process ${running.pid}). Nothing was changed.`,
  );
}

/** `stoppers` collects how to undo what is started, for a start that fails half way. */
async function startAll(
  settings: Settings,
  folder: DataFolder,
  progress: Progress,
  stoppers: (() => Promise<void>)[],
): Promise<Started> {
  for (const name of childNames) await endByRunFile(runFileOf(folder, name), leftoverGraceMs);
  await checkPortIsFree(settings.host, settings.portalPort, "ANYTIME_PORT");
  const socket = await holdSocket(settings, folder);
  const secrets = storedSecrets(folder.secretsFile);
  const openIt = () => openSupervisedDatabase(settings, folder, secrets, progress.say);
  const database = await progress.stage("database", openIt, ({ description }) => description);
  stoppers.push(database.stop);
  const databaseUrl = await progress.stage("migrations", () =>
    prepareDatabase(settings, database.url, secrets),
  );
  if (!isBuilt()) await progress.stage("build", build);
  const environment = environmentFor(settings, databaseUrl);
  const routers = await startSupervisedRouters(settings, folder, progress, {
    socket,
    databaseUrl,
    environment,
  });
  stoppers.push(routers.undo);
  const children = new Map<ChildName, Child>();
  for (const name of childNames) {
    const child = await progress.stage(name, () => startSupervisedChild(name, folder, progress, environment));
    children.set(name, child);
    stoppers.push(() => child.stop({ type: "stop", instances: "keep" }));
  }
  await welcome(settings, databaseUrl, progress);
  return { children, routers, socket, database };
}

/** Null where routers of an earlier start serve by sockets that they have alone. */
async function holdSocket(
  { host, routerPort: port }: Settings,
  folder: DataFolder,
): Promise<HeldSocket | null> {
  const handedOver = await HeldSocket.takeHandedOver();
  if (handedOver?.port === port) return handedOver;
  handedOver?.close();
  if (siblingsOf(folder, 0).length > 0) return null;
  await checkPortIsFree(host, port, "ANYTIME_ROUTER_PORT");
  return HeldSocket.open(host, port);
}

function environmentFor(settings: Settings, databaseUrl: string): NodeJS.ProcessEnv {
  const {
    ANYTIME_ADMIN_EMAIL,
    ANYTIME_ADMIN_PASSWORD,
    ANYTIME_OWNER_DATABASE_URL,
    ANYTIME_DATABASE,
    ANYTIME_HANDED_OVER,
    ...inherited
  } = process.env;
  return {
    ...inherited,
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    ...(settings.databaseUrl === null ? { ANYTIME_DATABASE: "embedded" } : {}),
    ANYTIME_DATA: settings.dataFolder,
  };
}

function startSupervisedRouters(
  { routerCount: count, routerPort: port }: Settings,
  folder: DataFolder,
  { stage, say }: Progress,
  parts: { socket: HeldSocket | null; databaseUrl: string; environment: NodeJS.ProcessEnv },
): Promise<Routers> {
  const start = () => startRouters({ count, port, folder, say, ...parts });
  return stage("traffic-router", start, ({ description }) => description);
}

function startSupervisedChild(
  name: ChildName,
  folder: DataFolder,
  progress: Progress,
  environment: NodeJS.ProcessEnv,
) {
  const logFile = join(folder.logsFolder, `${name}.log`);
  return startChild({ name, environment, logFile, runFile: runFileOf(folder, name), say: progress.say });
}

async function welcome(settings: Settings, databaseUrl: string, progress: Progress): Promise<void> {
  const client = openDatabase(databaseUrl, { connections: 1, name: "anytime supervisor" });
  try {
    const ctx = systemContext(client.db, "supervisor");
    const { adminEmail: email, adminPassword: password, portalUrl } = settings;
    if (email !== null && password !== null) {
      await ensureAdministrator(ctx, { email, password }).catch(nameTheVariable);
    }
    const link = await issueSetupLink(ctx, { portalUrl });
    progress.say(`\n  Portal   ${portalUrl}`);
    progress.say(
      `  Router   http://localhost:${settings.routerPort} (services at <service>.<environment>.localhost)`,
    );
    if (link !== null)
      progress.say(`  Set up   ${link}\n           makes the first administrator: works once, for 24 hours`);
    progress.say("\nPress Ctrl-C to stop everything, services included.");
  } finally {
    await client.close();
  }
}

const accountVariables: Record<string, string> = {
  email: "ANYTIME_ADMIN_EMAIL",
  password: "ANYTIME_ADMIN_PASSWORD",
};

function nameTheVariable(error: unknown): never {
  const variable = error instanceof ValidationError ? accountVariables[error.field ?? ""] : undefined;
  throw variable === undefined ? error : new UserError(`${variable}: ${messageOf(error)}`);
}

/** In order: nobody asks for more, what runs is put back, traffic ends, and only then the database. */
async function stopAll(
  started: Started,
  ending: Ending,
  settings: Settings,
  progress: Progress,
): Promise<void> {
  const instances = ending === "stop" ? "end" : "keep";
  await started.database.leave();
  await started.children.get("web")?.stop({ type: "stop" });
  await started.children.get("deploy-worker")?.stop({ type: "stop", instances });
  await started.children.get("monitor")?.stop({ type: "stop" });
  if (ending === "stop") await endLeftovers(settings, progress);
  if (ending === "restart") {
    await started.routers.leave();
    return started.socket?.handOver();
  }
  await started.routers.stop();
  started.socket?.close();
  await started.database.stop();
}

/** The last resort, for a worker that was killed or hung: nothing may serve on when everything is said to have ended. */
async function endLeftovers(settings: Settings, progress: Progress): Promise<void> {
  const marks = ownerMarks(settings.dataFolder, settings.workerName);
  const ended = await endMarked(marks, leftoverGraceMs);
  if (ended === 0) return;
  progress.say(
    `The worker had left ${ended} ${ended === 1 ? "process" : "processes"} of services running: ended.`,
  );
}
