import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** The next pool is looked at before the switch, by whoever is signed in and by nobody else. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const nextUrl = `http://booth--next.staging.localhost:${routerPort}/`;
/** The smoke test waits for a file in here: until then the new pool stands verified beside the live one. */
const folder = mkdtempSync(join(tmpdir(), "anytime-smoke-"));
const go = join(folder, "go");
let booth: Shop;

test.beforeAll(() => {
  chmodSync(folder, 0o755);
  writeFileSync(go, "");
  booth = makeShop(join(repositories, "booth"));
});
test.afterAll(() => rmSync(folder, { recursive: true }));

const live = async () => (await fetch(`http://localhost:${routerPort}/booth/staging/`)).text();

async function openNextPool(page: Page, release: string): Promise<Page> {
  const opened = page.waitForEvent("popup");
  await page.getByRole("link", { name: `Open the next pool of Staging: ${release}` }).click();
  return opened;
}

test("while a release is verified, its page opens it at a host of its own", async ({ page, context }) => {
  const smoke = `smoke: "while [ ! -e ${go} ]; do sleep 0.1; done"`;
  const settings = shopSettings.replace("shop", "booth").replace("drain: 2s", `drain: 2s\n  ${smoke}`);
  const first = booth.commit("Open the booth", { "anytime.yaml": settings, version: "one" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(booth.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register booth" }).click();
  await expect(page.getByRole("heading", { name: "Booth", level: 1 })).toBeVisible();
  await deployCommit(page, "booth", first);
  await status(page, "succeeded");
  await expect(page.getByRole("link", { name: /Open the next pool/ })).toHaveCount(0);

  rmSync(go);
  await deployCommit(page, "booth", booth.commit("Paint it", { version: "two" }));
  const next = await openNextPool(page, "#2 in green");
  await expect(next).toHaveURL(nextUrl);
  await expect(next.getByText("two", { exact: true })).toBeVisible();
  expect(await live()).toBe("one");
  expect(await context.cookies(nextUrl)).toEqual([
    expect.objectContaining({
      name: "anytime.preview",
      domain: "booth--next.staging.localhost",
      httpOnly: true,
      sameSite: "Lax",
    }),
  ]);
});

test("a browser that is not signed in is refused, and told the way in", async ({ browser }) => {
  const stranger = await browser.newContext({ storageState: { cookies: [], origins: [] } });
  const page = await stranger.newPage();
  const answer = await page.goto(nextUrl);
  expect(answer?.status()).toBe(403);
  await expect(
    page.getByRole("heading", { name: "The next pool is for whoever is signed in" }),
  ).toBeVisible();
  await expect(page.getByText("two", { exact: true })).toHaveCount(0);
  await page.getByRole("link", { name: "booth in the portal" }).click();
  await expect(page).toHaveURL(`${url}/sign-in?return=%2Fservices%2Fbooth`);
  await stranger.close();
});

test("without scripts it is one click more", async ({ page, browser }) => {
  await page.goto(`${url}/services/booth`);
  const link = page.getByRole("link", { name: /Open the next pool of Staging/ });
  const path = await link.getAttribute("href");
  const plain = await browser.newContext({ storageState: signedInFile, javaScriptEnabled: false });
  const next = await plain.newPage();
  await next.goto(`${url}${path}`);
  await next.getByRole("button", { name: "Open the next pool" }).click();
  await expect(next).toHaveURL(nextUrl);
  await expect(next.getByText("two", { exact: true })).toBeVisible();
  await plain.close();
});

test("after the switch it is the warm pool, from the page of the service", async ({ page }) => {
  writeFileSync(go, "");
  await expect.poll(live, { timeout: 30_000 }).toBe("two");
  await page.goto(`${url}/services/booth`);
  const next = await openNextPool(page, "#1 in blue");
  await expect(next).toHaveURL(nextUrl);
  await expect(next.getByText("one", { exact: true })).toBeVisible();
});
