import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { status, step } from "./portal/deployment-pages.ts";
import { productionUrl, stagingUrl } from "./portal/kiosk.ts";
import { openShop } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";
import { watchService } from "./portal/watch-service.ts";

/** A service that serves: mended, restarted, scaled, configured, at a time and by itself. After deploy.spec.ts. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, repositories } = portalState();
const kiosk = openShop(join(repositories, "kiosk"));

test("a fix starts in a third pool, beside the bad release and the good one", async ({ page }) => {
  await page.goto(`${url}/services/kiosk`);
  await page.getByRole("tab", { name: "Releases" }).click();
  await page.getByRole("button", { name: "Actions for #4" }).click();
  await page.getByRole("menuitem", { name: "Mark #4 as bad" }).click();
  await page.getByLabel("What is wrong with it?").fill("Postcards cannot be paid.");
  await page.getByRole("button", { name: "Mark #4 as bad" }).click();
  await page.getByRole("tab", { name: "Environments" }).click();
  const bad = page.getByRole("status").filter({ hasText: "#4 in Staging is marked as bad" });
  await expect(bad).toContainText("Postcards cannot be paid. #1 stays warm as the way back");
  const pools = page.getByRole("figure", { name: "The pools of Staging" });
  await expect(pools.getByRole("listitem")).toHaveCount(2);
  await expect(pools.getByText("warm, kept as the way back")).toBeVisible();

  const watch = watchService(stagingUrl);
  const sha = kiosk.commit("Let postcards be paid", { version: "5", "test.sh": "echo well\n" });
  await bad.getByRole("link", { name: "Roll staging forward" }).click();
  await page
    .getByRole("option")
    .filter({ hasText: sha.slice(0, 7) })
    .click();
  await page.getByRole("button", { name: `Roll staging forward to ${sha.slice(0, 7)}` }).click();
  await status(page, "succeeded");
  const { failures } = await watch.end();
  expect(failures).toEqual([]);
  await expect(page.getByText("violet").first()).toBeVisible();
  await page.goto(`${url}/services/kiosk`);
  await expect(bad).toHaveCount(0);
  await expect(pools.getByRole("listitem").filter({ hasText: "violet" })).toContainText("takes traffic");
  await expect(pools.getByRole("listitem").filter({ hasText: "#1" })).toContainText("warm");
  await expect(page.getByText("#1 is warm: back in under 1 s.")).toBeVisible();
});

/** Opens the menu of an environment and chooses an item. */
async function choose(page: Page, environment: string, item: string | RegExp): Promise<void> {
  await page.goto(`${url}/services/kiosk`);
  await page.getByRole("button", { name: `More for ${environment}` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

test("a restart, another number and another configuration go live without a failed request", async ({
  page,
}) => {
  const watch = watchService(productionUrl);
  await choose(page, "Production", "Restart #3 in production");
  await page.getByRole("dialog").getByRole("button", { name: "Restart #3 in production" }).click();
  await expect(page).toHaveURL(/\/deployments\/\d+/);
  await status(page, "succeeded");
  await expect(step(page, "build")).toContainText("#3 is already built");
  await expect(step(page, "migrate")).toContainText("a restart changes no data");

  await choose(page, "Production", "Scale production…");
  const scale = page.getByRole("dialog", { name: "Scale production" });
  await scale.getByLabel("Instances").fill("3");
  await expect(scale.getByText("1 → 3 instances.")).toBeVisible();
  await scale.getByRole("button", { name: "Scale production to 3 instances" }).click();
  await expect(page.getByRole("heading", { name: "Scale Production to 3 instances" })).toBeVisible();
  await status(page, "succeeded");
  await expect(page.getByText("What changes in the configuration")).toBeVisible();
  await page.goto(`${url}/services/kiosk`);
  await expect(page.getByText("3, set in the portal (the release's own settings say 1)")).toBeVisible();

  await choose(page, "Production", "Configure production");
  await page.getByRole("button", { name: "Add a variable" }).click();
  const add = page.getByRole("dialog", { name: "Add a variable" });
  await add.getByLabel("Name").fill("PORT");
  await add.getByRole("button", { name: "Add PORT" }).click();
  await expect(add.getByText("PORT is set by the portal: choose another name.")).toBeVisible();
  await add.getByLabel("Name").fill("GREETING");
  await add.getByLabel("Value").fill("good morning");
  await add.getByRole("button", { name: "Add GREETING" }).click();
  const row = page.getByRole("row", { name: /GREETING/ });
  await expect(row).toContainText("edited, not deployed yet");
  await expect(page.getByRole("list", { name: "Changes of the configuration" })).toContainText(
    "env.GREETING",
  );
  await page.getByRole("button", { name: "Deploy this configuration to production" }).click();
  await expect(page).toHaveURL(/\/deployments\/\d+/);
  expect(page.url()).not.toContain("good");
  await status(page, "succeeded");
  expect(await (await fetch(productionUrl)).text()).toBe("3 good morning");
  const { failures, answers } = await watch.end();
  expect(failures).toEqual([]);
  expect(answers).toBeGreaterThan(0);
});

test("a version of a configuration can be used again, and variables pasted", async ({ page }) => {
  await page.goto(`${url}/services/kiosk?tab=configuration&environment=production`);
  const versions = page.getByRole("list", { name: "Versions" });
  await expect(versions.getByRole("listitem").first()).toContainText(
    /Version 2.*runs now.*by Ada Example.*GREETING set/s,
  );
  await page.getByRole("button", { name: "Paste .env text" }).click();
  const paste = page.getByRole("dialog", { name: "Paste .env text" });
  await paste.getByRole("textbox", { name: "Text" }).fill("GREETING=hi # short\nnonsense");
  await paste.getByRole("button", { name: /^Set/ }).click();
  await expect(paste.getByText("Line 2: This is not NAME=value.")).toBeVisible();
  await paste.getByRole("textbox", { name: "Text" }).fill("GREETING=hi # short\nCOLOUR='dark green'");
  await paste.getByRole("button", { name: "Set 2 variables" }).click();
  await expect(page.getByRole("row", { name: /COLOUR/ })).toContainText("dark green");
  await page.getByRole("button", { name: "Discard the edits" }).click();
  await expect(page.getByRole("row", { name: /COLOUR/ })).toHaveCount(0);
  await versions.getByRole("button", { name: "Use version 1 again" }).click();
  await expect(page.getByRole("list", { name: "Changes of the configuration" })).toContainText(
    "good morning",
  );
  await page.getByRole("button", { name: "Deploy this configuration to production" }).click();
  await expect(page.getByRole("heading", { name: "Configure Production, version 3" })).toBeVisible();
  await status(page, "succeeded");
  expect(await (await fetch(productionUrl)).text()).toBe("3");
  await page.goto(`${url}/deployments?service=kiosk&kind=configure`);
  await expect(page.getByRole("link", { name: "Configure Production, version 3" })).toBeVisible();
});

const version = async () => (await fetch(stagingUrl)).text();

test("a deployment for later waits for its time, and starts at once by a click", async ({ page }) => {
  const before = await version();
  const sha = kiosk.commit("Sell books", { version: "6", "test.sh": "echo well\n" });
  const short = sha.slice(0, 7);
  await page.goto(`${url}/services/kiosk/deploy?environment=staging`);
  await page.getByRole("option").filter({ hasText: short }).click();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "At a time", exact: true }).click();
  const time = page.getByLabel(/^Time in /);
  await time.fill("2020-01-01T09:00");
  await expect(page.getByText("This time is over: choose a later one, or deploy now.").first()).toBeVisible();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "Now", exact: true }).click();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "At a time", exact: true }).click();
  await expect(page.getByText(/ UTC, in \d+ [hd]\. Machines look again then/)).toBeVisible();
  await page.getByRole("button", { name: `Schedule ${short} for staging` }).click();
  await expect(page).toHaveURL(/\/services\/kiosk\/deployments\/\d+/);
  await status(page, "scheduled");
  await expect(page.getByText(/^Scheduled for .* in \d+ [hd]$/)).toBeVisible();
  const scheduled = page.url();
  await page.goto(`${url}/services/kiosk`);
  await expect(page.getByText(/^for .* in \d+ [hd]$/)).toBeVisible();
  expect(await version()).toBe(before);
  await page.goto(scheduled);
  await page.getByRole("button", { name: `Deploy ${short} to staging now` }).click();
  await status(page, "succeeded");
  expect(await version()).toBe("6");
});

test("each commit goes live by itself where the team wants it; a switch-back pauses that until it is resumed", async ({
  page,
}) => {
  await page.goto(`${url}/services/kiosk?tab=settings`);
  const what = page.getByRole("combobox", { name: "To Staging, by itself" });
  await what.click();
  await page.getByRole("option", { name: "Each new commit of a branch" }).click();
  await page.getByRole("button", { name: "Deploy each commit of main to staging" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
  kiosk.commit("Sell pens", { version: "7" });
  await expect.poll(version, { timeout: 90_000 }).toBe("7");
  await page.goto(`${url}/services/kiosk`);
  await expect(page.getByText(/each commit of main · \w{7}, the newest, is live\.$/)).toBeVisible();
  await expect(page.getByText(/by Automatic deployment/).first()).toBeVisible();

  await page.getByRole("link", { name: /^Switch staging back to #\d+$/ }).click();
  await page.getByRole("button", { name: /^Switch staging back to #\d+$/ }).click();
  await expect(page).toHaveURL(/\/deployments\/\d+/);
  await status(page, "succeeded");
  await page.goto(`${url}/services/kiosk`);
  const paused = /Switched back to #\d+; automatic deployments wait until somebody resumes them\./;
  await expect(page.getByText(paused)).toBeVisible();
  expect(await version()).toBe("6");

  kiosk.commit("Sell ink", { version: "8" });
  await page.getByRole("button", { name: "Resume automatic deployments" }).click();
  await expect(page.getByText(paused)).toHaveCount(0);
  await page.getByRole("button", { name: "Look for new releases now" }).click();
  await expect.poll(version, { timeout: 90_000 }).toBe("8");
  await page.goto(`${url}/services/kiosk?tab=settings`);
  await what.click();
  await page.getByRole("option", { name: "Nothing" }).click();
  await page.getByRole("button", { name: "Deploy to staging only when asked" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
});
