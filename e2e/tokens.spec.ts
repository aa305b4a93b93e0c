import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { portalState, resultsFolder, signedInFile } from "./portal/state.ts";

/** A machine is given a token, uses it, gets a new one without a gap, and is shut out. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url } = portalState();
let first: string;
let second: string;

const whoami = (token: string) =>
  fetch(`${url}/api/v1/whoami`, { headers: { authorization: `Bearer ${token}` } });

/** By the menu of its row. */
async function actOn(page: Page, token: string, act: "Rotate" | "Revoke"): Promise<void> {
  await page.getByRole("button", { name: `Actions for ${token}` }).click();
  await page.getByRole("menuitem", { name: act }).click();
}

async function readToken(page: Page): Promise<string> {
  const shown = page.getByRole("dialog", { name: /^The token/ });
  await expect(shown.getByRole("button", { name: "Copy the token" })).toBeFocused();
  const token = (await shown.getByText(/^anytime_\w+$/).textContent()) ?? "";
  await expect(
    shown.getByText(`curl -H 'Authorization: Bearer ${token}' ${url}/api/v1/whoami`),
  ).toBeVisible();
  return token;
}

test("a token is made by keyboard alone, shown once, and works", async ({ page }) => {
  await page.goto(`${url}/settings/tokens`);
  await expect(page.getByText("No token yet")).toBeVisible();
  await lookAt(page, "tokens-empty");
  await page.getByRole("button", { name: "Make a token" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${url}/settings/tokens?make=true`);
  const form = page.getByRole("form", { name: "Make a token" });
  await expect(form.getByRole("textbox", { name: "Name" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(form.getByText("A name is needed")).toBeVisible();
  await page.keyboard.type("CI of the kiosk");
  await page.keyboard.press("Tab");
  await expect(form.getByRole("checkbox", { name: /^Read/ })).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  first = await readToken(page);
  expect(await (await whoami(first)).json()).toMatchObject({
    name: "CI of the kiosk",
    permissions: ["read", "deploy"],
    services: null,
  });
  await page.getByRole("button", { name: "I have copied the token" }).click();
  await page.reload();
  await expect(page.getByText(first.slice(0, 12))).toBeVisible();
  expect(await page.content()).not.toContain(first.slice(13));
  await expect(page.getByRole("row", { name: /CI of the kiosk/ })).toContainText("from");
});

test("rotating gives a new token, and the old one goes on", async ({ page }) => {
  await page.goto(`${url}/settings/tokens`);
  await actOn(page, "CI of the kiosk", "Rotate");
  await page.getByRole("button", { name: "Make the new token" }).click();
  second = await readToken(page);
  await expect(page.getByText("replaced, still works")).toBeVisible();
  expect([(await whoami(first)).status, (await whoami(second)).status]).toEqual([200, 200]);
});

test("a revoked token is refused at once", async ({ page }) => {
  await page.goto(`${url}/settings/tokens`);
  await actOn(page, `CI of the kiosk, ${first.slice(0, 12)}…`, "Revoke");
  const dialog = page.getByRole("alertdialog", { name: "Revoke CI of the kiosk?" });
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect((await whoami(first)).status).toBe(200);
  await actOn(page, `CI of the kiosk, ${first.slice(0, 12)}…`, "Revoke");
  await dialog.getByRole("button", { name: "Revoke the token" }).click();
  await expect(page.getByText("revoked", { exact: true })).toBeVisible();
  expect([(await whoami(first)).status, (await whoami(second)).status]).toEqual([401, 200]);
});

const screens = [
  { name: "desk", viewport: { width: 1440, height: 900 } },
  { name: "phone", viewport: { width: 390, height: 844 } },
];
for (const { name, viewport } of screens) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(() => {
      test.use({ viewport, colorScheme });
      test(`making, keeping and rotating a token is accessible: ${colorScheme}, ${name}`, async ({
        page,
      }) => {
        const look = (part: string) => lookAt(page, `tokens-${part}-${colorScheme}-${name}`);
        await page.goto(`${url}/settings/tokens?make=true`);
        const form = page.getByRole("form", { name: "Make a token" });
        await form.getByLabel("For which services").click();
        await page.getByRole("option", { name: "Only these" }).click();
        await page.getByRole("button", { name: "Make the token" }).click();
        await expect(form.getByText("Choose at least one service")).toBeVisible();
        await look("form");
        await form.getByRole("textbox", { name: "Name" }).fill(`Bot (${colorScheme}, ${name})`);
        await form.getByRole("checkbox", { name: /hello/ }).check();
        await page.getByRole("button", { name: "Make the token" }).click();
        await readToken(page);
        await look("shown");
        await page.getByRole("button", { name: "I have copied the token" }).click();
        await actOn(page, `Bot (${colorScheme}, ${name})`, "Rotate");
        await expect(page.getByRole("dialog")).toBeVisible();
        await look("rotate");
        await page.keyboard.press("Escape");
        await actOn(page, `Bot (${colorScheme}, ${name})`, "Revoke");
        await expect(page.getByRole("alertdialog")).toBeVisible();
        await look("revoke");
        await page.getByRole("button", { name: "Revoke the token" }).click();
      });
    });
  }
}

async function lookAt(page: Page, picture: string): Promise<void> {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await page.screenshot({ path: join(resultsFolder, "screenshots", `${picture}.png`) });
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`)).toEqual([]);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBeLessThanOrEqual(0);
}
