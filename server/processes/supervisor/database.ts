import { join } from "node:path";
import { startEmbeddedPostgres } from "#db/embedded-postgres/start.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import type { Settings } from "#server/kernel/env.ts";
import { messageOf } from "#server/kernel/errors.ts";
import { isRunning, startTimeOf } from "#server/kernel/process-identity.ts";
import type { StoredSecrets } from "#server/kernel/stored-secrets.ts";

export interface SupervisedDatabase {
  url: string;
  description: string;
  /** From here on nobody starts it again; resolves when a start under way is over. */
  leave(): Promise<void>;
  stop(): Promise<void>;
}

const watchEveryMs = 1_000;

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
  const server = await startEmbeddedPostgres(options);
  const log = join(folder.databaseFolder, "server.log");
  const startAgain = () => startEmbeddedPostgres({ ...options, port: server.port });
  const { leave } = watch(server.pid, async () => (await startAgain()).pid, { say, log });
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

/** It is nobody's child: its end is seen by looking. A start that fails is tried again, and spoken of once. */
function watch(
  firstPid: number,
  startAgain: () => Promise<number>,
  { say, log }: { say(line: string): void; log: string },
): { leave(): Promise<void> } {
  const identityOf = (pid: number) => ({ pid, startedAt: startTimeOf(pid) ?? "gone" });
  let current = identityOf(firstPid);
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
      await starting;
    },
  };
}
