import { createHash } from "node:crypto";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";
import { untilAnswering } from "./portal/watch-service.ts";

/** A secret on its way: the service has it, nobody sees it, a switch-back brings the former one back until it is revoked. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const stagingUrl = `http://localhost:${routerPort}/till/staging/`;
const configuration = `${url}/services/till?tab=configuration&environment=staging`;
const [first, second] = ["the first key of the till", "the second key of the till"];
let till: Shop;

const hashOf = (value: string) => createHash("sha256").update(value).digest("hex").slice(0, 8);
const answer = async () => (await untilAnswering(stagingUrl, 5_000)).text();
const secretRow = (page: Page) => page.getByRole("list", { name: "Secrets" }).getByRole("listitem");

async function deploy(page: Page, sha: string): Promise<void> {
  await deployCommit(page, "till", sha);
  await status(page, "succeeded");
}

test("a secret is set before the first deployment, which gives it to the service", async ({ page }) => {
  till = makeShop(join(repositories, "till"), {
    "anytime.yaml": `${shopSettings.replace("shop", "till")}migrate: {run: 'echo "migrates with $API_KEY"'}\n`,
    version: "1",
  });
  const sha = till.commit("Open the till");
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(till.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register till" }).click();
  await expect(page.getByRole("heading", { name: "Till", level: 1 })).toBeVisible();
  await page.goto(configuration);
  await page.getByRole("button", { name: "Set a secret" }).click();
  const dialog = page.getByRole("dialog", { name: "Set a secret" });
  await dialog.getByLabel("Name").fill("API_KEY");
  await dialog.getByLabel("Value").fill(first);
  await dialog.getByRole("button", { name: "Set API_KEY" }).click();
  await expect(secretRow(page)).toContainText(/API_KEY.*secret.*edited, not deployed yet/s);
  await page.getByRole("button", { name: "Save for the first deployment to staging" }).click();
  await expect(secretRow(page)).toContainText(/API_KEY.*set by Ada Example/s);
  await deploy(page, sha);
  await expect(page.getByText("migrates with ***", { exact: true })).toBeVisible();
  expect(await page.content()).not.toContain(first);
  expect(await answer()).toBe(`1 ${hashOf(first)}`);
});

test("replaced, the new value goes live by a deployment, and no output shows it", async ({ page }) => {
  await deploy(page, till.commit("Count the change", { version: "2" }));
  await page.goto(configuration);
  await page.getByRole("button", { name: "Replace API_KEY" }).click();
  const dialog = page.getByRole("dialog", { name: "Replace API_KEY" });
  await dialog.getByLabel("Value").fill(second);
  await dialog.getByRole("button", { name: "Replace API_KEY" }).click();
  await page.getByRole("button", { name: "Deploy this configuration to staging" }).click();
  await status(page, "succeeded");
  expect(page.url()).not.toContain("key");
  const changes = page.getByRole("list", { name: "Changes of the configuration" });
  await expect(changes).toContainText(/API_KEY.*secret changed/s);
  expect(await answer()).toBe(`2 ${hashOf(second)}`);
  await page.goto(`${url}/services/till`);
  await page
    .getByRole("link", { name: /^Output of the instance/ })
    .first()
    .click();
  await expect(page.getByText("started with ***")).toBeVisible();
  expect(await page.content()).not.toContain("key of the till");
});

test("a switch-back brings the former value back", async ({ page }) => {
  await page.goto(`${url}/services/till`);
  await page.getByRole("link", { name: "Switch staging back to #1" }).click();
  await page.getByRole("button", { name: "Switch staging back to #1" }).click();
  await status(page, "succeeded");
  expect(await answer()).toBe(`1 ${hashOf(first)}`);
});

test("a value is revoked after its consequences were read, and then removed", async ({ page }) => {
  await page.goto(configuration);
  await page.getByRole("button", { name: "Revoke API_KEY" }).click();
  const dialog = page.getByRole("alertdialog", { name: "Revoke this value of API_KEY?" });
  await expect(dialog).toContainText("not even by a switch-back");
  await dialog.getByRole("button", { name: "Revoke API_KEY" }).click();
  await expect(secretRow(page)).toContainText("revoked");
  await page.getByRole("button", { name: "Remove API_KEY" }).click();
  await page.getByRole("button", { name: "Deploy this configuration to staging" }).click();
  await status(page, "succeeded");
  expect(await answer()).toBe("1");
});
