import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { portalState, signedInFile } from "./portal/state.ts";

test.use({ storageState: signedInFile });

test("“Remove the tour” ends its instances and takes its repository and records away", async ({ page }) => {
  const { url, routerPort, dataFolder } = portalState();
  expect(existsSync(join(dataFolder, "repositories/hello"))).toBe(true);
  await page.goto(`${url}/settings`);
  await page.getByRole("button", { name: "Remove the tour" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove the tour" }).click();
  await expect(page.getByText("The tour is being removed.")).toBeVisible();
  await page.goto(url);
  await expect(page.getByRole("link", { name: "Hello", exact: true })).toHaveCount(0, { timeout: 60_000 });
  const statusOfService = async () =>
    (await fetch(`http://localhost:${routerPort}/hello/production/`)).status;
  await expect.poll(statusOfService).toBe(404);
  expect(existsSync(join(dataFolder, "repositories/hello"))).toBe(false);
});
