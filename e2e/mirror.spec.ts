import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** What is asked of production is asked of staging, too, and nobody waits for what staging says. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const at = (environment: string) => `http://localhost:${routerPort}/parrot/${environment}/`;

/** Says how many copies it was sent, to whoever asks for that. */
const server = `import { createServer } from "node:http";
let copies = 0;
const server = createServer((request, response) => {
  if (request.headers["x-anytime-mirrored"]) copies += 1;
  response.end(request.url === "/copies" ? String(copies) : "hello");
});
server.listen(Number(process.env.PORT), process.env.HOST ?? "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

const openSettings = (page: Page) => page.goto(`${url}/services/parrot?tab=settings`);

test("requests to production are copied to staging from the settings page on", async ({ page }) => {
  const parrot = makeShop(join(repositories, "parrot"), { "server.mjs": server });
  const settings = shopSettings.replace("shop", "parrot").replace("instances: 2", "instances: 1");
  const sha = parrot.commit("Teach it", { "anytime.yaml": settings, version: "one" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(parrot.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register parrot" }).click();
  await expect(page.getByRole("heading", { name: "Parrot", level: 1 })).toBeVisible();
  await deployCommit(page, "parrot", sha);
  await status(page, "succeeded");
  await page.goto(`${url}/services/parrot/deploy?environment=production&commit=${sha}`);
  await page.getByRole("button", { name: `Deploy ${sha.slice(0, 7)} to production` }).click();
  await status(page, "succeeded");

  await openSettings(page);
  // Nothing is ever copied to production.
  await expect(page.getByRole("combobox", { name: "Copy requests to Staging to" })).toHaveCount(0);
  const form = page.getByRole("form", { name: "Where requests to Production are copied to" });
  await form.getByRole("combobox").click();
  await page.getByRole("option", { name: "Staging" }).click();
  await form.getByLabel("Share in percent").fill("200");
  await form.getByRole("button", { name: "Mirror Production" }).click();
  await expect(form.getByText("The share is 100 % at the most.")).toBeVisible();
  await form.getByLabel("Share in percent").fill("100");
  await form.getByLabel("Leave out headers").fill("x-api-key");
  await form.getByRole("button", { name: "Mirror Production" }).click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  await expect(form.getByRole("button", { name: "Mirror Production" })).toHaveAttribute(
    "aria-disabled",
    "true",
  );

  for (let asked = 0; asked < 20; asked += 1) {
    expect(await (await fetch(at("production"))).text()).toBe("hello");
  }
  await expect.poll(async () => (await fetch(`${at("staging")}copies`)).text()).toBe("20");
  await expect(async () => {
    await page.goto(`${url}/services/parrot`);
    const line = page.getByText(/100 % of the GET and HEAD requests go to Staging, too/);
    await expect(line).toContainText("20 were answered there.", { timeout: 3_000 });
  }).toPass();
});

test("and no longer once nothing is wanted", async ({ page }) => {
  await openSettings(page);
  const form = page.getByRole("form", { name: "Where requests to Production are copied to" });
  await form.getByRole("combobox").click();
  await page.getByRole("option", { name: "Nowhere" }).click();
  await form.getByRole("button", { name: "Mirror nothing of Production" }).click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  await page.goto(`${url}/services/parrot`);
  await expect(page.getByRole("heading", { name: "Production" })).toBeVisible();
  await expect(page.getByText("Mirrored")).toHaveCount(0);

  await fetch(at("production"));
  // What would have been copied is there before what is copied now.
  await openSettings(page);
  await form.getByRole("combobox").click();
  await page.getByRole("option", { name: "Staging" }).click();
  await form.getByLabel("Share in percent").fill("100");
  await form.getByRole("button", { name: "Mirror Production" }).click();
  await expect(page.getByText("Saved.", { exact: true })).toBeVisible();
  const copies = async () => Number(await (await fetch(`${at("staging")}copies`)).text());
  await fetch(at("production"));
  await expect.poll(copies).toBeGreaterThan(20);
  expect(await copies()).toBe(21);
});
