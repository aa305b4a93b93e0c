import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { openReceiver, type Receiver } from "#server/flows/testing/open-receiver.ts";
import { status } from "./portal/deployment-pages.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** A release breaks under traffic: an incident opens by itself, somebody rolls forward, and the recovery is celebrated. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const address = `http://localhost:${routerPort}/lantern/production/`;
const everyMs = 40;
let lantern: Shop;
let receiver: Receiver;
let traffic: NodeJS.Timeout;

const server = `import { createServer } from "node:http";
import { readFileSync } from "node:fs";
const version = readFileSync(new URL("./version", import.meta.url), "utf8").trim();
const server = createServer((request, response) => {
  response.statusCode = version === "dark" && request.url !== "/healthz" ? 500 : 200;
  response.end(version);
});
server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

test.beforeAll(async () => {
  receiver = await openReceiver();
  const settings = shopSettings.replace("shop", "lantern").replace("instances: 2", "instances: 1");
  lantern = makeShop(join(repositories, "lantern"), { "server.mjs": server, "anytime.yaml": settings });
});
test.afterAll(async () => {
  clearInterval(traffic);
  await receiver.close();
});

async function deployToProduction(page: Page, sha: string): Promise<void> {
  const short = sha.slice(0, 7);
  await page.goto(`${url}/services/lantern/deploy?environment=production&commit=${sha}`);
  await page.getByRole("button", { name: `Deploy ${short} to production` }).click();
  await status(page, "succeeded");
}

const told = () =>
  receiver.received.map(
    ({ body }) => (JSON.parse(body) as { customData: { event: string } }).customData.event,
  );

test("a service has traffic, and a channel that is told", async ({ page }) => {
  const first = lantern.commit("Light the lantern", { version: "bright" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(lantern.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register lantern" }).click();
  await expect(page.getByRole("heading", { name: "Lantern", level: 1 })).toBeVisible();
  await deployToProduction(page, first);
  traffic = setInterval(() => void fetch(address).catch(() => undefined), everyMs);

  await page.goto(`${url}/services/lantern?tab=settings`);
  await page
    .getByRole("region", { name: "Stakeholders" })
    .getByRole("link", { name: "Add a channel" })
    .click();
  const form = page.getByRole("dialog", { name: "Add a channel" });
  await form.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Webhook", exact: true }).click();
  await form.getByLabel("Name").fill("Lights");
  await form.getByLabel("Address").fill(`${receiver.url}/hooks/lights`);
  await form.getByRole("button", { name: "Add the channel" }).click();
  await page.getByRole("button", { name: "I have copied the secret" }).click();
});

test("a release that fails opens an incident by itself, and nobody stands beside it", async ({ page }) => {
  await deployToProduction(page, lantern.commit("Blow it out", { version: "dark" }));
  await page.goto(`${url}/incidents`);
  const link = page.getByRole("region", { name: "Now" }).getByRole("link", { name: "Lantern in Production" });
  await expect(link).toBeVisible({ timeout: 60_000 });
  await link.click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("of requests fail");
  await expect(page.getByText("#2", { exact: true })).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText(/Example/);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).include("main").analyze()).violations).toEqual([]);
  }
  await page.getByRole("button", { name: "I’m looking" }).click();
  await expect(page.getByRole("definition").filter({ hasText: "Ada Example" })).toBeVisible();
});

test("somebody rolls forward out of it, and the page follows", async ({ page }) => {
  const fix = lantern.commit("Light it again", { version: "bright again" });
  await page.goto(`${url}/incidents`);
  await page
    .getByRole("region", { name: "Now" })
    .getByRole("link", { name: "Lantern in Production" })
    .click();
  await expect(page.getByText("#1 is warm: back in under 1 s.")).toBeVisible();
  await page.getByRole("link", { name: "Roll production forward" }).click();
  await expect(page.getByText(/It is to end incident \d+/)).toBeVisible();
  await page
    .getByRole("option")
    .filter({ hasText: fix.slice(0, 7) })
    .click();
  await page.getByRole("button", { name: `Roll production forward to ${fix.slice(0, 7)}` }).click();
  await status(page, "succeeded");
  await page.getByRole("link", { name: /^incident \d+$/ }).click();
  await expect(page.getByRole("region", { name: "Recovery" })).toContainText(
    "rolled forward to #3 by Ada Example and Grace Example",
    { timeout: 60_000 },
  );
});

test("the recovery stands on the feed and on the wall, and the channel was told", async ({ page }) => {
  await page.goto(`${url}/internal-feed`);
  await expect(page.getByText(/Lantern recovered in .* of requests felt it\./)).toBeVisible();
  await expect.poll(told).toContain("recovery");

  await page.goto(`${url}/recoveries`);
  const tile = page.getByRole("listitem").filter({ hasText: "Lantern in Production" });
  await expect(tile).toContainText("Rolled forward: Ada Example and Grace Example");
  await tile.getByRole("button", { name: "Say thanks" }).click();
  await expect(tile).toContainText("Thanks from Ada Example.");
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).include("main").analyze()).violations).toEqual([]);
  }
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect(page).toHaveURL(/wall=true/);
});

test("it is written up from its timeline", async ({ page }) => {
  await page.goto(`${url}/incidents`);
  await page
    .getByRole("region", { name: "Before" })
    .getByRole("link", { name: "Lantern in Production" })
    .click();
  const form = page.getByRole("form", { name: "Write-up" });
  await expect(form.getByLabel("What happened")).toHaveValue(/It came with #2\./);
  await form.getByLabel("What we change").fill("A smoke test asks for a page.");
  await form.getByRole("button", { name: "Add an action" }).click();
  await form.getByLabel("Action", { exact: true }).fill("Write the smoke test");
  await form.getByRole("button", { name: "Save the write-up" }).click();
  await expect(page.getByText("Written by Ada Example.")).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download" }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^incident-\d+\.md$/);
});
