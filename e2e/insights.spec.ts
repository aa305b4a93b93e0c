import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { portalState, signedInFile } from "./portal/state.ts";

/** Whether a team is getting better: the measures with their definitions, on a desk and a phone, and as files. */
const { url } = portalState();
test.use({ storageState: signedInFile });

async function look(page: Page): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(tooWide).toBeLessThanOrEqual(0);
}

test("the four measures say from how many they are, and how they are counted", async ({ page }) => {
  await page.goto(`${url}/`);
  await page.getByRole("link", { name: "Insights" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Are we getting better?" })).toBeVisible();
  for (const name of [
    "Deployment frequency",
    "Change lead time",
    "Change fail rate",
    "Failed deployment recovery time",
    "Batch size against risk",
    "Reviews watched",
  ]) {
    await expect(page.getByRole("heading", { level: 2, name })).toBeVisible();
  }
  const frequency = page.getByRole("region", { name: "Deployment frequency" });
  // The monitor adds up what has just happened within seconds.
  await expect(async () => {
    await page.reload();
    await expect(frequency.getByText(/^[1-9]\d* deployments?$/)).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await frequency.getByText("How this is counted").click();
  await expect(frequency.getByText(/Restarts, scaling and configuration bring no change/)).toBeVisible();
  await look(page);
});

test("what it is about stands in its address, and comes as a file", async ({ page }) => {
  await page.goto(`${url}/insights`);
  await page.getByRole("combobox", { name: "Days" }).click();
  await page.getByRole("option", { name: "A year" }).click();
  await page.waitForURL(/range=1y/);
  await page.getByRole("combobox", { name: "Environment" }).click();
  await page.getByRole("option", { name: "Staging" }).click();
  await page.waitForURL(/environment=staging/);
  const csv = await page.request.get(
    `${url}${await page.getByRole("link", { name: "CSV" }).getAttribute("href")}`,
  );
  expect(csv.headers()["content-disposition"]).toContain("anytime-insights-");
  const lines = (await csv.text()).trim().split("\r\n");
  expect(lines[0]).toContain('"deployments_per_day"');
  expect(lines.at(-1)).toMatch(/^"range",/);
  const json = await page.request.get(
    `${url}${await page.getByRole("link", { name: "JSON" }).getAttribute("href")}`,
  );
  expect(await json.json()).toMatchObject({
    scope: { environment: { slug: "staging" } },
    periodUnit: "month",
  });
});

test("it fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${url}/insights?range=30d`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await look(page);
});
