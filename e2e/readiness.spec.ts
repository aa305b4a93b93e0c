import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** Before anybody needs it, the service's page says where a switch-back leads, how fast, and what speaks against it. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, repositories } = portalState();
const settings = shopSettings.replace("shop", "ferry").replace("instances: 2", "instances: 1");
const configuration = `${url}/services/ferry?tab=configuration&environment=staging`;
let ferry: Shop;

async function deploy(page: Page, version: string, settingsFile = settings): Promise<void> {
  const sha = ferry.commit(`Sail ${version}`, { "anytime.yaml": settingsFile, version });
  await deployCommit(page, "ferry", sha);
  await status(page, "succeeded");
  await page.goto(`${url}/services/ferry`);
}

const staging = (page: Page) => page.getByRole("region", { name: "Staging", exact: true });
const wayBack = (page: Page, release: number) =>
  staging(page).getByRole("link", { name: `Switch staging back to #${release}` });

test("nothing was live before", async ({ page }) => {
  ferry = makeShop(join(repositories, "ferry"), { "anytime.yaml": settings });
  const first = ferry.commit("Build it", { version: "1" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(ferry.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register ferry" }).click();
  await expect(page.getByRole("heading", { name: "Ferry", level: 1 })).toBeVisible();
  // From the first release on there is a secret.
  await page.goto(configuration);
  await page.getByRole("button", { name: "Set a secret" }).click();
  const dialog = page.getByRole("dialog", { name: "Set a secret" });
  await dialog.getByLabel("Name").fill("API_KEY");
  await dialog.getByLabel("Value").fill("the key of the ferry");
  await dialog.getByRole("button", { name: "Set API_KEY" }).click();
  await page.getByRole("button", { name: "Save for the first deployment to staging" }).click();
  await expect(page.getByRole("list", { name: "Secrets" })).toContainText(/API_KEY.*set by Ada Example/s);
  await deployCommit(page, "ferry", first);
  await status(page, "succeeded");
  await page.goto(`${url}/services/ferry`);
  await expect(staging(page).getByText("No release went live before this one.")).toBeVisible();
  await expect(
    staging(page).getByRole("button", { name: "Switch staging back" }),
  ).toHaveAccessibleDescription("No other good release was live in Staging before.");
});

test("the release before is warm", async ({ page }) => {
  await deploy(page, "2");
  await expect(staging(page).getByText("#1 is warm: back in under 1 s.", { exact: true })).toBeVisible();
  await expect(wayBack(page, 1)).toBeVisible();
});

test("its pool is gone: it has to start first, and how long that took is known", async ({ page }) => {
  await deploy(page, "3", settings.replace("drain: 2s", "drain: 1s\n  keepWarm: 1s"));
  const cold = staging(page).getByText(/^#2 has to start first: back in about .*s\.$/);
  await expect(cold).toBeVisible({ timeout: 60_000 });
  await expect(wayBack(page, 2)).toBeVisible();
});

test("a migration since then is not declared reversible", async ({ page }) => {
  await deploy(page, "4", `${settings}migrate: {run: echo migrated}\n`);
  await expect(
    staging(page).getByText(
      "#3 is warm: back in under 1 s. The migration of #4 is not declared reversible: #3 would run on the new schema.",
    ),
  ).toBeVisible();
  await expect(wayBack(page, 3)).toBeVisible();
});

test("a secret that it ran with is revoked: it cannot go back, and why is said with the button", async ({
  page,
}) => {
  await page.goto(configuration);
  await page.getByRole("button", { name: "Revoke API_KEY" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Revoke this value of API_KEY?" });
  await dialog.getByRole("button", { name: "Revoke API_KEY" }).click();
  await expect(page.getByRole("list", { name: "Secrets" })).toContainText("revoked");
  await page.goto(`${url}/services/ferry`);
  await expect(staging(page).getByText(/^#3 has to start first/)).toBeVisible();
  const refused = staging(page).getByRole("button", { name: "Switch staging back to #3" });
  await expect(refused).toHaveAttribute("aria-disabled", "true");
  await expect(refused).toHaveAccessibleDescription(/API_KEY.*revoked/);
});
