import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type postgres from "postgres";
import { freePort } from "#db/testing/free-port.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { newSession } from "#server/services/identity/session.ts";
import { cookieNames, sealSession } from "#server/services/identity/session-token.ts";

export interface WebProcess {
  url: string;
  port: number;
  process: ChildProcess;
  stop(): Promise<void>;
}

export interface WebOptions {
  databaseUrl: string;
  dataFolder: string;
  port?: number;
  /** Node's own. */
  flags?: readonly string[];
}

/** A web process as `npm start` runs it, on the bench's database. */
export async function startWeb(options: WebOptions): Promise<WebProcess> {
  if (!existsSync(join(repositoryRoot, ".next/BUILD_ID"))) {
    throw new Error("The pages are not built. Run `npm test -- build`.");
  }
  const port = options.port ?? (await freePort());
  const entry = join(repositoryRoot, "server/processes/web.ts");
  const web = spawn(process.execPath, [...(options.flags ?? []), entry], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATABASE_URL: options.databaseUrl,
      ANYTIME_DATA: options.dataFolder,
      ANYTIME_PORT: String(port),
    },
  });
  const exited = once(web, "exit");
  await Promise.race([
    once(web, "message"),
    exited.then(([code]) => Promise.reject(new Error(`web ended: ${code}`))),
  ]);
  return {
    url: `http://localhost:${port}`,
    port,
    process: web,
    async stop() {
      web.kill("SIGTERM");
      await exited;
    },
  };
}

/** The cookie of an engineer who is signed in. */
export async function makeSession(sql: postgres.Sql, dataFolder: string) {
  const [user] = await sql<{ id: number; version: number }[]>`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer')
    on conflict (email) do update set name = excluded.name returning id::int, session_version as version`;
  if (user === undefined) throw new Error("No user was made.");
  const secret = storedSecrets(prepareDataFolder(dataFolder).secretsFile).sessionSecret;
  const claim = newSession({ userId: user.id, sessionVersion: user.version }, new Date());
  return { name: cookieNames(false).session, value: await sealSession(claim, secret) };
}
