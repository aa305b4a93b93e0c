import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** Requests wait while traffic is paused, and go on by a click or by themselves. */
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();

test("traffic is paused by hand, and let go", async ({ page }) => {
  const turnstile = makeShop(join(repositories, "turnstile"));
  const settings = shopSettings.replace("shop", "turnstile");
  const first = turnstile.commit("Open the turnstile", { "anytime.yaml": settings, version: "one" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(turnstile.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register turnstile" }).click();
  await expect(page.getByRole("heading", { name: "Turnstile", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "More for Staging" }).click();
  await expect(page.getByRole("menuitem", { name: /Pause traffic in Staging/ })).toBeDisabled();
  await deployCommit(page, "turnstile", first);
  await status(page, "succeeded");

  await page.goto(`${url}/services/turnstile`);
  await page.getByRole("button", { name: "More for Staging" }).click();
  await page.getByRole("menuitem", { name: /Pause traffic in Staging/ }).click();
  const dialog = page.getByRole("dialog", { name: "Pause traffic in Staging" });
  await dialog.getByRole("combobox").click();
  await page.getByRole("option", { name: "30 seconds" }).click();
  await dialog.getByRole("button", { name: "Pause staging for 30 s" }).click();
  const banner = page.getByRole("status").filter({ hasText: "Requests in Staging are held" });
  await expect(banner).toBeVisible();
  await expect(banner.getByText(/go on by themselves in \d+ s/)).toBeVisible();

  let isAnswered = false;
  const answer = fetch(`http://localhost:${routerPort}/turnstile/staging/`).then(async (response) => {
    isAnswered = true;
    return response.text();
  });
  // A request that is not held is answered meanwhile.
  expect((await fetch(`http://localhost:${routerPort}/nobody/staging/`)).status).toBe(404);
  expect(isAnswered).toBe(false);
  await banner.getByRole("button", { name: "Let requests go" }).click();
  expect(await answer).toBe("one");
  await expect(banner).toHaveCount(0);
});
