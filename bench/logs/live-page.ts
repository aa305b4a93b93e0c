import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { type Browser, chromium } from "@playwright/test";
import type postgres from "postgres";
import { freePort } from "#db/testing/free-port.ts";
import { prepareDataFolder } from "#server/kernel/data-folder.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { storedSecrets } from "#server/kernel/stored-secrets.ts";
import { ensureChromium } from "#server/processes/commands/checks/ensure-chromium.ts";
import { newSession } from "#server/services/identity/session.ts";
import { cookieNames, sealSession } from "#server/services/identity/session-token.ts";

/** Milliseconds from a line's writing to the frame in which it stood in the page; by one machine's clock. */
export interface Seen {
  latenciesMs: number[];
}

/** A web process on the bench's database, and a browser that somebody is signed in with. */
export async function openPortal(sql: postgres.Sql, databaseUrl: string, dataFolder: string) {
  const { ANYTIME_CHROMIUM: executablePath } = { ...process.env, ...(await ensureChromium()) };
  const port = await freePort();
  const web = await startWeb(port, databaseUrl, dataFolder);
  const browser = await chromium.launch({
    args: ["--no-sandbox", "--disable-gpu"],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const url = `http://localhost:${port}`;
  const cookie = await makeSession(sql, dataFolder);
  return {
    watch: (deploymentId: number) =>
      watch(browser, `${url}/services/logs/deployments/${deploymentId}`, { ...cookie, url }),
    async close() {
      await browser.close();
      web.kill("SIGTERM");
      await once(web, "exit");
    },
  };
}

async function startWeb(port: number, databaseUrl: string, dataFolder: string): Promise<ChildProcess> {
  const web = spawn(process.execPath, [join(repositoryRoot, "server/processes/web.ts")], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: {
      ...process.env,
      NODE_ENV: "production",
      DATABASE_URL: databaseUrl,
      ANYTIME_DATA: dataFolder,
      ANYTIME_PORT: String(port),
    },
  });
  await Promise.race([
    once(web, "message"),
    once(web, "exit").then(([code]) => Promise.reject(new Error(`web ended: ${code}`))),
  ]);
  return web;
}

async function makeSession(sql: postgres.Sql, dataFolder: string) {
  const [user] = await sql<{ id: number; version: number }[]>`
    insert into users (email, name, role) values ('ada@example.org', 'Ada', 'engineer')
    returning id::int, session_version as version`;
  if (user === undefined) throw new Error("No user was made.");
  const secret = storedSecrets(prepareDataFolder(dataFolder).secretsFile).sessionSecret;
  const claim = newSession({ userId: user.id, sessionVersion: user.version }, new Date());
  return { name: cookieNames(false).session, value: await sealSession(claim, secret) };
}

async function watch(
  browser: Browser,
  address: string,
  cookie: { name: string; value: string; url: string },
) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addCookies([cookie]);
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole("log").waitFor();
  await page.evaluate(() => {
    const seen = new Map<string, number>();
    const look = () => {
      const now = performance.timeOrigin + performance.now();
      for (const [, number = "", at] of document
        .querySelector('[role="log"]')
        ?.textContent?.matchAll(/line (\d+) at (\d+\.\d+)/g) ?? []) {
        if (!seen.has(number)) seen.set(number, now - Number(at));
      }
    };
    new MutationObserver(look).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
    Object.assign(window, { seenLines: seen });
  });
  return {
    async close(): Promise<Seen> {
      const latenciesMs = await page.evaluate(() => [
        ...(window as unknown as { seenLines: Map<string, number> }).seenLines.values(),
      ]);
      await context.close();
      return { latenciesMs };
    },
  };
}
