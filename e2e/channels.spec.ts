import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, test } from "@playwright/test";
import { Webhook } from "standardwebhooks";
import { openReceiver, type Received, type Receiver } from "#server/flows/testing/open-receiver.ts";
import { status } from "./portal/deployment-pages.ts";
import { makeShop, openShop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** Who is told of a service, what they are told, and what becomes of a message that does not arrive. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, repositories } = portalState();
const folder = join(repositories, "courier");
let receiver: Receiver;
let secret: string;
let first: string;

test.beforeAll(async () => {
  receiver = await openReceiver();
});
test.afterAll(() => receiver.close());

const told = (received: Received) => {
  const { customData } = new Webhook(secret).verify(
    received.body,
    received.headers as Record<string, string>,
  ) as {
    customData: { event: string; title: string };
  };
  return [customData.event, customData.title];
};

test("a channel is added from the service, and tried", async ({ page }) => {
  const settings = shopSettings.replace("shop", "courier").replace("instances: 2", "instances: 1");
  first = makeShop(folder).commit("Carry letters", { "anytime.yaml": settings, version: "one" });
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register courier" }).click();
  await expect(page.getByRole("heading", { name: "Courier", level: 1 })).toBeVisible();

  await page.goto(`${url}/services/courier?tab=settings`);
  await page
    .getByRole("region", { name: "Stakeholders" })
    .getByRole("link", { name: "Add a channel" })
    .click();
  const form = page.getByRole("dialog", { name: "Add a channel" });
  await form.getByRole("combobox", { name: "Kind" }).click();
  await page.getByRole("option", { name: "Webhook", exact: true }).click();
  await expect(form.getByRole("combobox", { name: "Service" })).toHaveText(/Courier/);
  await form.getByRole("button", { name: "Add the channel" }).click();
  await expect(form.getByText("Give it a name")).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect((await new AxeBuilder({ page }).include("[role=dialog]").analyze()).violations).toEqual([]);
  }
  await form.getByLabel("Name").fill("Letters");
  await form.getByLabel("Address").fill(`${receiver.url}/hooks/letters`);
  await form.getByRole("checkbox", { name: /Maintenance/ }).check();
  await form.getByRole("button", { name: "Add the channel" }).click();
  const shown = page.getByRole("dialog", { name: "The signing secret" });
  secret = (await shown.getByText(/^whsec_/).textContent()) ?? "";
  await shown.getByRole("button", { name: "I have copied the secret" }).click();

  await page.getByRole("link", { name: "Letters" }).click();
  await expect(page.getByText("What the channel is told stands here")).toBeVisible();
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect(page.getByText(/It arrived, in \d+ ms/)).toBeVisible();
  expect(receiver.received.map(told)).toEqual([["test", "Anytime can write to Letters"]]);
  await expect(page.locator("body")).not.toContainText("/hooks/letters");
});

test("a deployment is told of before it begins, and when users have it", async ({ page }) => {
  receiver.received = [];
  await page.goto(`${url}/services/courier/deploy?environment=staging&commit=${first}`);
  await page.getByRole("switch", { name: "Tell stakeholders before" }).click();
  await expect(page.getByText("Letters reads now that it is about to be released.")).toBeVisible();
  await page.getByRole("button", { name: `Deploy ${first.slice(0, 7)} to staging` }).click();
  await status(page, "succeeded");
  await expect.poll(() => receiver.received.length).toBe(2);
  expect(receiver.received.map(told)).toEqual([
    ["announced", "Courier is about to be released to Staging"],
    ["live", "Courier #1 is live in Staging"],
  ]);
});

test("what was refused stands there with the reason, and is sent again under its name", async ({ page }) => {
  receiver.received = [];
  receiver.react = (_, response) => void response.writeHead(410).end("no such hook");
  const broken = openShop(folder).commit("Break it", { "test.sh": "exit 1\n" });
  await page.goto(`${url}/services/courier/deploy?environment=staging&commit=${broken}`);
  await page.getByRole("button", { name: `Deploy ${broken.slice(0, 7)} to staging` }).click();
  await status(page, "failed");
  await page.goto(`${url}/settings/channels`);
  const row = page.getByRole("row").filter({ hasText: "Letters" });
  await expect(row).toContainText("refused");
  await row.getByRole("link", { name: "Letters" }).click();
  await expect(page.getByRole("main").getByRole("alert")).toContainText("It answered 410: no such hook");
  await page.getByRole("switch", { name: "Only what is undelivered" }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "was not released to Staging" })).toContainText(
    "undelivered",
  );

  receiver.react = (_, response) => void response.end();
  await page.getByRole("button", { name: "Send 1 again" }).click();
  await expect(page.getByText("Everything arrived")).toBeVisible();
  await expect.poll(() => receiver.received.length).toBe(2);
  const [refused, taken] = receiver.received.map(({ headers }) => headers["webhook-id"]);
  expect(taken).toBe(refused);
});

test("a channel is changed, paused and removed, and what opens it is never shown", async ({ page }) => {
  await page.goto(`${url}/settings/channels`);
  await page.getByRole("link", { name: "Letters" }).click();
  await page.getByRole("button", { name: "Change", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Change Letters" });
  await expect(form.getByLabel("Address")).toHaveValue("");
  await form.getByLabel("Name").fill("Post");
  await form.getByRole("button", { name: "Save the channel" }).click();
  await expect(page.getByRole("heading", { name: "Post" })).toBeVisible();
  receiver.received = [];
  await page.getByRole("button", { name: "Send a test" }).click();
  await expect.poll(() => receiver.received.map(({ path }) => path)).toEqual(["/hooks/letters"]);

  await page.getByRole("button", { name: "Actions for Post" }).click();
  await page.getByRole("menuitem", { name: "Pause Post" }).click();
  await expect(page.getByText("paused", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Actions for Post" }).click();
  await page.getByRole("menuitem", { name: "Remove Post" }).click();
  await page.getByRole("button", { name: "Remove the channel" }).click();
  await expect(page.getByText("Nobody is told yet")).toBeVisible();
});
