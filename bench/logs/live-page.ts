import { type Browser, chromium } from "@playwright/test";
import type postgres from "postgres";
import { ensureChromium } from "#server/processes/commands/checks/ensure-chromium.ts";
import { makeSession, startWeb } from "../web/web-process.ts";

/** Milliseconds from a line's writing to the frame in which it stood in the page; by one machine's clock. */
export interface Seen {
  latenciesMs: number[];
}

/** A web process on the bench's database, and a browser that somebody is signed in with. */
export async function openPortal(sql: postgres.Sql, databaseUrl: string, dataFolder: string) {
  const { ANYTIME_CHROMIUM: executablePath } = { ...process.env, ...(await ensureChromium()) };
  const web = await startWeb({ databaseUrl, dataFolder });
  const browser = await chromium.launch({
    args: ["--no-sandbox", "--disable-gpu"],
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  const { url } = web;
  const cookie = await makeSession(sql, dataFolder);
  return {
    watch: (deploymentId: number) =>
      watch(browser, `${url}/services/logs/deployments/${deploymentId}`, { ...cookie, url }),
    async close() {
      await browser.close();
      await web.stop();
    },
  };
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
