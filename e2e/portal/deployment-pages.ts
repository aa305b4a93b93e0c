import { expect, type Page } from "@playwright/test";
import { portalState } from "./state.ts";

/** Deploys a commit to staging. The page asks the repository when it opens: what was just pushed comes by itself. */
export async function deployCommit(page: Page, service: string, sha: string): Promise<void> {
  const short = sha.slice(0, 7);
  await page.goto(`${portalState().url}/services/${service}/deploy?environment=staging`);
  await page.getByRole("option").filter({ hasText: short }).click();
  await page.getByRole("button", { name: `Deploy ${short} to staging` }).click();
  await expect(page).toHaveURL(new RegExp(`/services/${service}/deployments/\\d+`));
}

/** Waits until the page of a deployment says so. */
export async function status(page: Page, word: string): Promise<void> {
  await expect(page).toHaveURL(/\/deployments\/\d+/);
  const shown = page.locator("main header").getByText(word, { exact: true }).first();
  await expect(shown).toBeVisible({ timeout: 60_000 });
}

export const step = (page: Page, name: string) =>
  page
    .getByRole("navigation", { name: "Steps of the deployment" })
    .getByRole("listitem")
    .filter({ hasText: name });
