import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, openShop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** What is deployed stands on a page that everybody may read, in the words of whoever deployed it. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, repositories } = portalState();
const folder = join(repositories, "gazette");
let first: string;
const redPicture = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAMAAACqqpYoAAAAA1BMVEX/AAAZ4gk3AAAAC0lEQVQImWNggAAAAAgAAa9T6iIAAAAASUVORK5CYII=",
  "base64",
);

test("a service is internal until its team shows it", async ({ page, browser }) => {
  const gazette = makeShop(folder);
  const settings = shopSettings.replace("shop", "gazette").replace("instances: 2", "instances: 1");
  first = gazette.commit("feat: print on paper (#7)", { "anytime.yaml": settings, version: "one" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register gazette" }).click();
  await expect(page.getByRole("heading", { name: "Gazette", level: 1 })).toBeVisible();
  const visitor = await (await browser.newContext({ storageState: undefined })).newPage();
  expect((await visitor.goto(`${url}/feed/gazette`))?.status()).toBe(404);

  await page.goto(`${url}/services/gazette?tab=settings`);
  await page.getByRole("switch", { name: "Show on the public feed" }).click();
  await expect(page.getByRole("link", { name: /public page/i })).toBeVisible();
  expect((await visitor.goto(`${url}/feed/gazette`))?.status()).toBe(200);
  await expect(visitor.getByRole("heading", { level: 1, name: "What’s new in Gazette" })).toBeVisible();
  await visitor.context().close();
});

test("a release is seen to come, with the note that was written before", async ({ page, browser }) => {
  await deployCommit(page, "gazette", first);
  await status(page, "succeeded");
  await page.goto(`${url}/services/gazette/deploy?environment=production&commit=${first}`);
  await page.getByRole("button", { name: "Write a note" }).click();
  await page.getByRole("button", { name: "Draft from the commits" }).click();
  await expect(page.getByLabel("What changes for users?")).toHaveValue("Print on paper.");
  await page
    .getByLabel("What changes for users?")
    .fill("The gazette comes **on paper**. Ask at the counter.");
  await expect(page.getByRole("region", { name: "As readers see it" })).toContainText("comes on paper");
  await page.getByLabel("Picture", { exact: true }).setInputFiles({
    name: "page.svg.png",
    mimeType: "image/png",
    buffer: Buffer.from("<svg/>"),
  });
  await expect(page.getByRole("alert").filter({ hasText: "PNG, JPEG, WebP or GIF" })).toBeVisible();
  const file = { name: "page.png", mimeType: "image/png", buffer: redPicture };
  await page.getByLabel("Picture", { exact: true }).setInputFiles(file);
  await page.getByRole("button", { name: "Save the note" }).click();
  await expect(page.getByText("Say what is to be seen")).toBeVisible();
  await page.getByLabel("What is to be seen?").fill("The first page");
  await page.getByRole("button", { name: "Save the note" }).click();
  await expect(page.getByRole("button", { name: "Change the note" })).toBeVisible();

  const reader = await (await browser.newContext({ storageState: undefined })).newPage();
  await reader.goto(`${url}/feed/gazette`);
  await expect(reader.getByText("Nothing is being released")).toBeVisible();
  await expect(reader.getByText("No release is live yet.")).toBeVisible();
  await page.getByRole("button", { name: `Deploy ${first.slice(0, 7)} to production` }).click();
  const line = reader.getByRole("article").filter({ hasText: "The gazette comes on paper" });
  await expect(line).toContainText("live");
  await expect(line).toContainText("Gazette #1 in Production");
  const picture = line.getByRole("img", { name: "The first page" });
  await expect(picture).toHaveJSProperty("naturalWidth", 3);
  const liveNow = reader.getByRole("region", { name: "Live now" });
  await expect(liveNow.getByRole("listitem")).toHaveText(/Gazette\s*#1\s*Production/);
  await expect(reader.locator("body")).not.toContainText("print on paper (#7)");
  await expect(reader.locator("body")).not.toContainText("Staging");

  // What is changed in the note is changed for whoever reads.
  await status(page, "succeeded");
  await page.getByRole("button", { name: "Change the note" }).click();
  await page.getByLabel("What changes for users?").fill("The gazette is printed. Ask at the counter.");
  await page.getByRole("button", { name: "Save the note" }).click();
  await expect(reader.getByRole("heading", { name: /The gazette is printed/ })).toBeVisible();

  await reader.getByRole("link", { name: "The gazette is printed" }).click();
  await expect(reader.getByRole("heading", { level: 1, name: /The gazette is printed/ })).toBeVisible();
  await reader.context().close();
});

test("the feed is narrowed and searched without a script", async ({ browser }) => {
  const context = await browser.newContext({ storageState: undefined, javaScriptEnabled: false });
  const reader = await context.newPage();
  await reader.goto(`${url}/feed`);
  await expect(reader.getByRole("region", { name: "Live now" })).toContainText("Gazette");
  await reader.getByLabel("Search").fill("COUNTER");
  await reader.getByLabel("Kind").selectOption("Releases");
  await reader.getByRole("button", { name: "Show" }).click();
  await expect(reader).toHaveURL(/text=COUNTER/);
  await expect(reader.getByRole("article")).toHaveCount(1);
  await reader.getByLabel("Search").fill("nobody wrote this");
  await reader.getByRole("button", { name: "Show" }).click();
  await expect(reader.getByText("Nothing matches")).toBeVisible();
  await context.close();
});

test("a release that did not work says so, and names nobody", async ({ page, browser }) => {
  const broken = openShop(folder).commit("Break it", { "test.sh": "exit 1\n" });
  await page.goto(`${url}/services/gazette/deploy?environment=production&commit=${broken}`);
  await page.getByRole("button", { name: `Deploy ${broken.slice(0, 7)} to production` }).click();
  await status(page, "failed");
  const reader = await (await browser.newContext({ storageState: undefined })).newPage();
  await reader.goto(`${url}/feed/gazette`);
  const line = reader.getByRole("article").filter({ hasText: "not released" });
  await expect(line).toContainText("what you use is as it was before");
  await expect(line).not.toContainText("Ada");
  await reader.context().close();
  await page.goto(`${url}/internal-feed?service=gazette`);
  await expect(page.getByRole("listitem").filter({ hasText: "Break it" })).toContainText("not released");
});

test("who ships without a note is asked for one, until nothing changes for users", async ({ page }) => {
  const tidied = openShop(folder).commit("chore: tidy up", { "test.sh": "exit 0\n" });
  await page.goto(`${url}/services/gazette/deploy?environment=production&commit=${tidied}`);
  await page.getByRole("button", { name: `Deploy ${tidied.slice(0, 7)} to production` }).click();
  await status(page, "succeeded");
  await page.goto(url);
  const need = page.getByRole("listitem").filter({ hasText: "went out as a maintenance release" });
  await expect(need).toContainText(
    "#2 of Gazette went out as a maintenance release. Say what changed for users.",
  );
  await need.getByRole("link", { name: "Gazette in Production" }).click();
  await expect(page.getByRole("button", { name: "Write a note" })).toBeInViewport();
  await page.goto(url);
  await need.getByRole("button", { name: "Nothing changes for users" }).click();
  await expect(need).toBeHidden();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await expect(need).toBeHidden();
});
