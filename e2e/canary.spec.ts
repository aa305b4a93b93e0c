import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";
import { type Watch, watchService } from "./portal/watch-service.ts";

/** A release takes a share of the traffic first, more by hand, then all; or it gives its share back. No request fails. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const address = `http://localhost:${routerPort}/carousel/staging/`;
let carousel: Shop;
let watch: Watch;

test.beforeAll(() => {
  carousel = makeShop(join(repositories, "carousel"));
});

const settings = (shares: string) =>
  shopSettings.replace("shop", "carousel").replace("drain: 2s", `drain: 2s\n  ${shares}`);
const live = async () => (await fetch(address)).text();
const requestsOf = async (page: Page, release: string) => {
  const row = page.getByRole("row").filter({ has: page.getByRole("rowheader", { name: release }) });
  return Number(((await row.getByRole("cell").first().textContent()) ?? "").replaceAll(",", ""));
};

async function noneFailed(): Promise<void> {
  const { answers, failures } = await watch.end();
  expect(failures).toEqual([]);
  expect(answers).toBeGreaterThan(20);
}

test("a release takes 10 %, more by hand, and then everything", async ({ page }) => {
  const canary = settings("canary: {share: 10%, for: 1h}");
  const first = carousel.commit("Open the carousel", { "anytime.yaml": canary, version: "one" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(carousel.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await expect(page.getByText("10 % for 1 h, each request by itself").first()).toBeVisible();
  await page.getByRole("button", { name: "Register carousel" }).click();
  await expect(page.getByRole("heading", { name: "Carousel", level: 1 })).toBeVisible();
  await deployCommit(page, "carousel", first);
  await status(page, "succeeded");
  watch = watchService(address);

  await deployCommit(page, "carousel", carousel.commit("Paint the horses", { version: "two" }));
  await expect(page.getByRole("heading", { name: "Canary: #2 takes 10 %" })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("takes 90 %")).toBeVisible();
  await expect.poll(() => requestsOf(page, "#2 canary"), { timeout: 30_000 }).toBeGreaterThan(0);
  expect(await requestsOf(page, "#1 live")).toBeGreaterThan(await requestsOf(page, "#2 canary"));

  const share = page.getByRole("textbox", { name: "Share in %" });
  await share.fill("120");
  await page.getByRole("button", { name: "Change the canary" }).click();
  await expect(page.getByText("Write a share from 1 to 99 per cent.")).toBeVisible();
  await share.fill("60");
  await page.getByRole("button", { name: "Change the canary" }).click();
  await expect(page.getByRole("heading", { name: "Canary: #2 takes 60 %" })).toBeVisible();
  await expect(page.getByText("It takes 60 % from now on.")).toBeVisible();

  await page.getByRole("button", { name: "Send everything to #2 now" }).click();
  await status(page, "succeeded");
  await expect(page.getByRole("heading", { name: /Canary/ })).toHaveCount(0);
  await noneFailed();
  expect(await live()).toBe("two");
});

test("cancelled, it gives its share back, and what was live takes everything", async ({ page }) => {
  watch = watchService(address);
  await deployCommit(page, "carousel", carousel.commit("Speed it up", { version: "three" }));
  await expect(page.getByRole("heading", { name: "Canary: #3 takes 10 %" })).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel the deploy to staging" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel the deploy to staging" }).click();
  await status(page, "cancelled");
  await expect(page.getByRole("heading", { name: /Canary/ })).toHaveCount(0);
  await noneFailed();
  expect(await live()).toBe("two");
});

test("what is held back stays with the release before until somebody sends it on", async ({ page }) => {
  const holdback = settings("holdback: {share: 20%, for: 1h}");
  watch = watchService(address);
  await deployCommit(
    page,
    "carousel",
    carousel.commit("Grease it", { "anytime.yaml": holdback, version: "four" }),
  );
  await status(page, "succeeded");
  await page.goto(`${url}/services/carousel`);
  await expect(page.getByText("20 % of the requests stay with #2 until")).toBeVisible();
  await expect(page.getByText("takes 80 %")).toBeVisible();
  await expect(page.getByText("#2 is warm: back in under 1 s.")).toBeVisible();
  await page.getByRole("button", { name: "Send everything to #4" }).click();
  await expect(page.getByText("20 % of the requests stay")).toHaveCount(0);
  await expect(page.getByText("takes traffic").first()).toBeVisible();
  await noneFailed();
  expect(await live()).toBe("four");
});

test("a switch-back does not wait for a canary: it ends it, and goes back at once", async ({ page }) => {
  watch = watchService(address);
  const canary = settings("canary: {share: 10%, for: 1h}");
  const sha = carousel.commit("Speed it up", { "anytime.yaml": canary, version: "five" });
  await deployCommit(page, "carousel", sha);
  await expect(page.getByRole("heading", { name: "Canary: #5 takes 10 %" })).toBeVisible({ timeout: 60_000 });
  const onTrial = page.url();
  await page.goto(`${url}/services/carousel`);
  await page.getByRole("link", { name: "Switch staging back to #2" }).click();
  await page.getByRole("button", { name: "Switch staging back to #2" }).click();
  await expect(page).not.toHaveURL(onTrial);
  await status(page, "succeeded");
  expect(await live()).toBe("two");
  await page.goto(onTrial);
  await status(page, "cancelled");
  await expect(page.getByRole("heading", { name: /Canary/ })).toHaveCount(0);
  await noneFailed();
});
