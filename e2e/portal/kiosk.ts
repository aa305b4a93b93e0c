import { expect, type Page } from "@playwright/test";
import { portalState } from "./state.ts";

/** The kiosk: a service of one's own, as the pages show it. */
const { url, routerPort } = portalState();
export const stagingUrl = `http://localhost:${routerPort}/kiosk/staging/`;
export const productionUrl = `http://localhost:${routerPort}/kiosk/production/`;

/** The page asks the repository when it opens: what was just pushed comes by itself. */
export async function deploy(page: Page, sha: string): Promise<void> {
  const short = sha.slice(0, 7);
  await page.goto(`${url}/services/kiosk/deploy?environment=staging`);
  await page.getByRole("option").filter({ hasText: short }).click();
  await page.getByRole("button", { name: `Deploy ${short} to staging` }).click();
  await expect(page).toHaveURL(/\/services\/kiosk\/deployments\/\d+/);
}

export const step = (page: Page, name: string) =>
  page
    .getByRole("navigation", { name: "Steps of the deployment" })
    .getByRole("listitem")
    .filter({ hasText: name });
export const status = (page: Page, word: string) =>
  expect(page.locator("main header").getByText(word, { exact: true }).first()).toBeVisible({
    timeout: 60_000,
  });
