import { join } from "node:path";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { tellOfFullDisk } from "#server/kernel/disk-room.ts";
import type { Settings } from "#server/kernel/env.ts";
import { messageOf, UserError } from "#server/kernel/errors.ts";
import { isRunning, startTimeOf } from "#server/kernel/process-identity.ts";
import type { StoredSecrets } from "#server/kernel/stored-secrets.ts";
import { databaseNeedsBytes } from "#server/kernel/tell-of-database.ts";

export interface SupervisedDatabase {
  url: string;
  description: string;
  /** From here on nobody starts it again; resolves when a start under way is over. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

const watchEveryMs = 1_000;
const lookIfStuckEveryMs = 10_000;

/** The operator's own PostgreSQL where DATABASE_URL names one, else the embedded one, started again when it dies. */
export async function openSupervisedDatabase(
  settings: Pick<Settings, "databaseUrl">,
  folder: Pick<DataFolder, "databaseFolder">,
  secrets: Pick<StoredSecrets, "databasePassword">,
  say: (line: string) => void,
): Promise<SupervisedDatabase> {
  if (settings.databaseUrl !== null) {
    const nothing = async () => undefined;
    return {
      url: settings.databaseUrl,
      description: "yours, by DATABASE_URL",
      leave: nothing,
      stop: nothing,
    };
  }
  const options = { folder: folder.databaseFolder, password: secrets.databasePassword };
  const start = (port?: number) => startWithRoom({ ...options, port });
  const server = await start();
  const log = join(folder.databaseFolder, "server.log");
  const { leave } = watch(server, () => start(server.port), { say, log });
  return {
    url: server.url,
    description: server.adopted ? "was still running: adopted" : "embedded",
    leave,
    async stop() {
      await leave();
      await server.stop();
    },
  };
}

/** What PostgreSQL says on a full disk is hard to find among its last lines. */
async function startWithRoom({
  port,
  ...options
}: {
  folder: string;
  password: string;
  port: number | undefined;
}) {
  try {
    return await startEmbeddedPostgres({ ...options, ...(port !== undefined && { port }) });
  } catch (error) {
    const fullDisk = await tellOfFullDisk([options.folder], databaseNeedsBytes).catch(() => null);
    if (fullDisk === null) throw error;
    throw new UserError(`${fullDisk} Make room there: PostgreSQL needs it to start.\n\n${messageOf(error)}`);
  }
}

/** It is nobody's child: its end is seen by looking. A start that fails is tried again, and spoken of once. */
function watch(
  first: EmbeddedPostgres,
  startAgain: () => Promise<EmbeddedPostgres>,
  { say, log }: { say(line: string): void; log: string },
): { leave(): Promise<void> } {
  const identityOf = (server: EmbeddedPostgres) => ({
    ...server,
    startedAt: startTimeOf(server.pid) ?? "gone",
  });
  let current = identityOf(first);
  let starting: Promise<void> | null = null;
  let isDown = false;
  let hasFailed = false;
  const start = async () => {
    try {
      current = identityOf(await startAgain());
      say("PostgreSQL runs again.");
      isDown = false;
      hasFailed = false;
    } catch (error) {
      if (!hasFailed) say(messageOf(error));
      hasFailed = true;
    }
  };
  let isLooking = false;
  const lookIfStuck = async () => {
    if (starting !== null || isLooking) return;
    isLooking = true;
    const wasStuck = await current.endIfStuck().finally(() => {
      isLooking = false;
    });
    if (wasStuck) say("PostgreSQL took no connections and did not recover either: it was ended.");
  };
  const stuckTimer = setInterval(() => {
    lookIfStuck().catch((error: unknown) => say(`PostgreSQL could not be looked at: ${messageOf(error)}`));
  }, lookIfStuckEveryMs);
  const timer = setInterval(() => {
    if (starting !== null || isRunning(current.pid, current.startedAt)) return;
    if (!isDown) say(`PostgreSQL ended; starting it again. Log: ${log}`);
    isDown = true;
    starting = start().finally(() => {
      starting = null;
    });
  }, watchEveryMs);
  return {
    async leave() {
      clearInterval(timer);
      clearInterval(stuckTimer);
      await starting;
    },
  };
}
