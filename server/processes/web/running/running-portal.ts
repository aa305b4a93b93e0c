import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { freePort } from "#db/testing/free-port.ts";
import type { Role } from "#server/domain/permissions.ts";
import type { Context } from "#server/kernel/context.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { hashPassword } from "#server/services/identity/password-hash.ts";
import { newSession } from "#server/services/identity/session.ts";
import { cookieNames, sealSession } from "#server/services/identity/session-token.ts";

/** A web process of its own, as `npm start` runs it, on a test database: what reaches it comes over HTTP. */
export interface RunningPortal {
  url: string;
  database: TestDatabase;
  /** Repositories in here may be named by their path. */
  repositoriesFolder: string;
  /** Everything that it has logged. */
  log(): string;
  /** The cookie of somebody of this role, made anew: a call may have ended the one before. */
  cookieOf(role: Role): Promise<string>;
  /** The context of somebody of this role, for verbs. */
  contextOf(role: Role): Promise<Context>;
  /** Never follows redirects. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

export const password = "correct horse battery";

export async function openRunningPortal(
  options: { portalUrl?: string; environment?: Record<string, string> } = {},
): Promise<RunningPortal> {
  if (!existsSync(join(repositoryRoot, ".next/BUILD_ID"))) {
    throw new Error("The pages are not built. Run `npm test -- build portal`.");
  }
  const database = await openTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "anytime-portal-"));
  const logFile = join(folder, "web.log");
  const port = await freePort();
  const folders = prepareDataFolder(folder);
  const secret = storedSecrets(folders.secretsFile).sessionSecret;
  const child = await launch({ folder, logFile, port, databaseUrl: database.url, ...options });
  const users = await addUsers(database);
  const url = `http://localhost:${port}`;
  const isSecure = options.portalUrl?.startsWith("https:") === true;
  return {
    url,
    database,
    repositoriesFolder: folders.repositoriesFolder,
    log: () => readFileSync(logFile, "utf8"),
    async cookieOf(role) {
      const [row] = await database.client
        .sql`select session_version as version from users where id = ${users[role]}`;
      const claim = newSession({ userId: users[role], sessionVersion: row?.version }, new Date());
      const token = await sealSession(claim, secret);
      return `${cookieNames(isSecure).session}=${token}`;
    },
    async contextOf(role) {
      const actor = {
        kind: "user" as const,
        id: users[role],
        name: role,
        email: `${role}@example.org`,
        role,
      };
      return { ...database.ctx, actor };
    },
    ask: (path, init) => fetch(`${url}${path}`, { redirect: "manual", ...init }),
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(settings: {
  folder: string;
  logFile: string;
  port: number;
  databaseUrl: string;
  portalUrl?: string;
  environment?: Record<string, string>;
}): Promise<ChildProcess> {
  const log = openSync(settings.logFile, "a");
  const child = spawn(process.execPath, [join(repositoryRoot, "server/processes/web.ts")], {
    cwd: repositoryRoot,
    stdio: ["ignore", log, log, "ipc"],
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATABASE_URL: settings.databaseUrl,
      ANYTIME_DATA: settings.folder,
      ANYTIME_PORT: String(settings.port),
      ANYTIME_LOG_LEVEL: "debug",
      ANYTIME_URL: settings.portalUrl,
      ...settings.environment,
    },
  });
  closeSync(log);
  const ended = once(child, "exit").then(() => {
    throw new Error(`The web process ended:\n${readFileSync(settings.logFile, "utf8")}`);
  });
  await Promise.race([once(child, "message"), ended]);
  ended.catch(() => undefined);
  return child;
}

async function addUsers({ client }: TestDatabase): Promise<Record<Role, number>> {
  const passwordHash = await hashPassword(password);
  const add = async (role: Role): Promise<number> => {
    const [row] = await client.sql`
      insert into users (email, name, role, password_hash)
      values (${`${role}@example.org`}, ${role}, ${role}, ${passwordHash}) returning id::int`;
    return row?.id;
  };
  return {
    stakeholder: await add("stakeholder"),
    engineer: await add("engineer"),
    admin: await add("admin"),
  };
}
