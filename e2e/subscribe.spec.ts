import { join } from "node:path";
import { type Browser, expect, type Page, test } from "@playwright/test";
import { status } from "./portal/deployment-pages.ts";
import { waitForMail } from "./portal/mailbox.ts";
import { makeShop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** Somebody outside the team is told by e-mail of what is new, and no longer than they want: all without a script. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, repositories } = portalState();
const folder = join(repositories, "bulletin");
const address = "reader@example.net";
let first: string;

async function asReader(browser: Browser, read: (page: Page) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ storageState: undefined, javaScriptEnabled: false });
  await read(await context.newPage());
  await context.close();
}

function linkIn(text: string, pattern: RegExp): string {
  const [link] = pattern.exec(text) ?? [];
  if (link === undefined) throw new Error(`There is no such link in:\n${text}`);
  return link;
}

test("one subscribes on a service’s page, and confirms by the mail that comes", async ({ page, browser }) => {
  const settings = shopSettings.replace("shop", "bulletin").replace("instances: 2", "instances: 1");
  first = makeShop(folder).commit("Print the bulletin", { "anytime.yaml": settings, version: "one" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register bulletin" }).click();
  await expect(page.getByRole("heading", { name: "Bulletin", level: 1 })).toBeVisible();
  await page.goto(`${url}/services/bulletin?tab=settings`);
  await page.getByRole("switch", { name: "Show on the public feed" }).click();
  await expect(page.getByRole("link", { name: /public page/i })).toBeVisible();

  await asReader(browser, async (reader) => {
    await reader.goto(`${url}/feed/bulletin`);
    const form = reader.getByRole("form", { name: "Subscribe by e-mail" });
    await form.getByLabel("Your e-mail address").fill(address);
    await form.getByRole("button", { name: "Subscribe by e-mail" }).click();
    await expect(reader.getByRole("heading", { name: "Look into your mailbox" })).toBeVisible();

    const { text, subject } = await waitForMail(address, 1);
    expect(subject).toBe("Please confirm: What’s new in Bulletin by e-mail");
    await reader.goto(linkIn(text, /http:\/\/\S+\/subscriptions\/confirm\/\S+/));
    await reader.getByRole("button", { name: "Confirm the subscription" }).click();
    await expect(reader.getByRole("heading", { name: "You are subscribed" })).toBeVisible();
    await reader.goBack();
    await reader.getByRole("button", { name: "Confirm the subscription" }).click();
    await expect(reader.getByRole("heading", { name: "This link is used up" })).toBeVisible();
  });
});

test("a release comes by mail with its note, and the mail ends what it began", async ({ page, browser }) => {
  await page.goto(`${url}/services/bulletin/deploy?environment=production&commit=${first}`);
  await page.getByRole("button", { name: "Write a note" }).click();
  await page.getByLabel("What changes for users?").fill("The bulletin is **out**. Read it at breakfast.");
  await page.getByRole("button", { name: "Save the note" }).click();
  await expect(page.getByRole("button", { name: "Change the note" })).toBeVisible();
  await page.getByRole("button", { name: `Deploy ${first.slice(0, 7)} to production` }).click();
  await status(page, "succeeded");

  const { text, subject, html } = await waitForMail(address, 2);
  expect(subject).toBe("The bulletin is out (Bulletin)");
  expect(text).toContain("Bulletin #1 in Production, live since");
  expect(text).not.toContain("Print the bulletin");
  expect(html).toContain("Read it at breakfast.");
  await asReader(browser, async (reader) => {
    await reader.goto(linkIn(text, /http:\/\/\S+\/feed\/item\/\S+/));
    await expect(reader.getByRole("heading", { level: 1, name: /The bulletin is out/ })).toBeVisible();
    await reader.goto(linkIn(text, /http:\/\/\S+\/subscriptions\/end\/\S+/));
    await reader.getByRole("button", { name: "End the subscription" }).click();
    await expect(reader.getByRole("heading", { name: "No more mails" })).toBeVisible();
  });
});

test("what was written wrong is said, and asked for again", async ({ browser }) => {
  await asReader(browser, async (reader) => {
    await reader.goto(`${url}/feed`);
    // As browsers do that check nothing.
    const form = reader.getByRole("form", { name: "Subscribe by e-mail" });
    await form.getByLabel("Your e-mail address").fill("reader@localhost");
    await form.getByRole("button", { name: "Subscribe by e-mail" }).click();
    await expect(reader.getByRole("heading", { name: "This is no e-mail address" })).toBeVisible();
    await expect(reader.getByRole("form", { name: "Subscribe by e-mail" })).toBeVisible();
  });
});

test("the settings say that mails can be sent", async ({ page }) => {
  await page.goto(`${url}/settings`);
  await expect(page.getByText(/subscribed to the public feed/)).toBeVisible();
});
