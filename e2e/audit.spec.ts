import { readFileSync } from "node:fs";
import { expect, test } from "@playwright/test";
import { administrator, portalState, signedInFile } from "./portal/state.ts";

/** Who changed what, when and from where: found, looked at, taken along, and proven. */
const { url } = portalState();

test.describe("an administrator", () => {
  test.use({ storageState: signedInFile });

  test("finds a change by its filter, which stands in the address, and looks at it", async ({ page }) => {
    await page.goto(`${url}/settings/audit`);
    const log = page.getByRole("table", { name: "Audit log" });
    await expect(log.getByRole("row").filter({ hasText: "Registered a service" }).first()).toBeVisible();
    await page.getByLabel("Search").fill("administrator");
    await expect(page).toHaveURL(/text=administrator/);
    await expect(log.getByRole("row")).toHaveCount(2);
    await page.reload();
    await log.getByRole("button", { name: /^Look at entry/ }).click();
    const change = page.getByRole("dialog", { name: "Made an administrator" });
    await expect(change.getByText(administrator.email)).toBeVisible();
    await expect(page).toHaveURL(/entry=\d+/);
    await page.keyboard.press("Escape");
    await expect(change).toHaveCount(0);
    await expect(page).not.toHaveURL(/entry=/);
  });

  test("takes what the filter finds along as a file", async ({ page }) => {
    await page.goto(`${url}/settings/audit?action=services%2Fregister`);
    for (const [choice, ending, holds] of [
      ["CSV, for a spreadsheet", ".csv", '"services/register","service:hello"'],
      ["JSON Lines, for a program", ".jsonl", '"subject":"service:hello"'],
    ] as const) {
      await page.getByRole("button", { name: "Export" }).click();
      const coming = page.waitForEvent("download");
      await page.getByRole("menuitem", { name: choice }).click();
      const file = await coming;
      expect(file.suggestedFilename()).toContain(ending);
      const text = readFileSync(await file.path(), "utf8");
      expect(text).toContain(holds);
      expect(text).not.toContain("create-administrator");
    }
  });

  test("has the chain verified", async ({ page }) => {
    await page.goto(`${url}/settings/audit`);
    await page.getByRole("button", { name: "Verify the chain now" }).click();
    await expect(page.getByText("The chain is intact")).toBeVisible();
    await expect(page.getByText(/[1-9]\d* entries verified/)).toBeVisible();
    await page.goto(`${url}/settings`);
    await expect(page.getByText("the portal can add to it, and change nothing in it")).toBeVisible();
  });
});

test("a visitor gets nothing of it", async ({ page, request }) => {
  const answer = await request.get(`${url}/api/audit/export?format=csv`);
  expect(answer.status()).toBe(401);
  expect(answer.headers()["cache-control"]).toBe("no-store");
  await page.goto(`${url}/settings/audit`);
  await expect(page).toHaveURL(/\/sign-in\?return=%2Fsettings%2Faudit$/);
});
