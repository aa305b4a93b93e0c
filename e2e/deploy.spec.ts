import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { status, step } from "./portal/deployment-pages.ts";
import { deploy, productionUrl, stagingUrl } from "./portal/kiosk.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";
import { untilAnswering, watchService } from "./portal/watch-service.ts";

/** One change on its way: to staging, to production and back, with what goes wrong in between. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, repositories } = portalState();
let kiosk: Shop;
let firstCommit: string;

test("a service of one's own is registered", async ({ page }) => {
  kiosk = makeShop(join(repositories, "kiosk"), {
    "anytime.yaml": shopSettings.replace("shop", "kiosk"),
    version: "1",
  });
  firstCommit = kiosk.commit("Open the kiosk");
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(kiosk.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register kiosk" }).click();
  await expect(page.getByRole("heading", { name: "Kiosk", level: 1 })).toBeVisible();
});

test("a click deploys the newest commit, and leads to its live log", async ({ page }) => {
  await deploy(page, firstCommit);
  await status(page, "succeeded");
  for (const name of ["checkout", "build", "test", "package", "start", "verify", "switch"]) {
    await expect(step(page, name)).toContainText("done");
    await expect(step(page, name)).toContainText(/\d (ms|s)/);
  }
  for (const name of ["migrate", "drain"]) await expect(step(page, name)).toContainText("skipped");
  const green = page.getByText("built in green", { exact: true });
  await expect(green).toBeVisible();
  const color = await green.evaluate((element) => getComputedStyle(element).color);
  const plain = await page
    .getByText("building version 1")
    .evaluate((element) => getComputedStyle(element).color);
  expect(color).not.toBe(plain);
  expect(await (await untilAnswering(stagingUrl, 5_000)).text()).toBe("1");
});

async function askForLabel(page: Page, label: string): Promise<void> {
  await page.goto(`${url}/services/kiosk?tab=settings`);
  // Which labels there are is known only once the page can be typed into.
  await expect(page.getByText("No worker that is alive has a label.").first()).toBeVisible();
  await page.getByLabel("Label for Staging").fill(label);
  await page.getByRole("button", { name: "Save the label for Staging" }).click();
}

test("what asks for a label that no worker has says so before the click and after, and runs without it", async ({
  page,
}) => {
  await askForLabel(page, "GPU!");
  await expect(page.getByText(/A label has lower-case letters/)).toBeVisible();
  await askForLabel(page, "gpu");
  await expect(page.getByText("Only workers with the label gpu take deployments to Staging.")).toBeVisible();
  const reason = { hasText: "No worker with the label gpu is alive." };
  await page.goto(`${url}/services/kiosk/deploy?environment=staging&commit=${firstCommit}`);
  await expect(page.getByRole("note").filter(reason)).toContainText("It will wait");
  await page.getByRole("button", { name: `Deploy ${firstCommit.slice(0, 7)} to staging` }).click();
  await expect(page.getByRole("status").filter(reason)).toContainText("Waiting for");

  const other = await page.context().newPage();
  await other.goto(`${url}/workers`);
  const queued = other.getByRole("list", { name: "Queue" }).getByRole("listitem").filter(reason);
  await expect(queued).toContainText("Next in its queue for Staging");
  await askForLabel(other, "");
  await expect(other.getByText("Any worker takes deployments to Staging.")).toBeVisible();
  await other.close();
  await status(page, "succeeded");
});

test("the service page says what one failure would do, and what mends it", async ({ page }) => {
  await page.goto(`${url}/services/kiosk`);
  const summary = page.getByText(/^What one failure would do in Staging/);
  await expect(summary).toBeVisible();
  await page
    .getByText("One machine, one worker, routers on one machine, one database: 4 single points")
    .click();
  await expect(page.getByText(/All 2 instances run on the machine of/)).toBeVisible();
  await expect(page.getByText(/Run anytime traffic-router on another machine/)).toBeVisible();
});

test("the deploy page says what a commit is, whether it is live already, and what will happen", async ({
  page,
}) => {
  const sha = kiosk.commit("Sell umbrellas", { version: "2" });
  await page.goto(`${url}/services/kiosk/deploy?environment=staging`);
  const [newest, before] = [page.getByRole("option").first(), page.getByRole("option").nth(1)];
  await expect(newest).toContainText("Sell umbrellas");
  await expect(newest).toContainText("Grace Example");
  await expect(newest).toContainText(sha.slice(0, 7));
  await expect(newest).toContainText("not in Staging");
  await expect(before).toContainText("live in Staging");
  await before.click();
  await expect(page.getByText("This commit is already live in Staging.")).toBeVisible();
  await newest.click();
  await expect(page.getByRole("button", { name: `Deploy ${sha.slice(0, 7)} to staging` })).toBeEnabled();
});

test("a build that fails stops there, and leaves live traffic alone", async ({ page }) => {
  const sha = kiosk.commit("Break the build", { "build.sh": "echo it cannot be\nexit 7\n" });
  const watch = watchService(stagingUrl);
  await deploy(page, sha);
  await status(page, "failed");
  await expect(page.getByText("It failed at build")).toBeVisible();
  await expect(page.getByText(/exited with code 7/).first()).toBeVisible();
  await expect(page.getByText(/Live traffic was not touched/).first()).toBeVisible();
  await expect(step(page, "build")).toContainText("failed");
  await expect(step(page, "start")).not.toContainText("done");
  const { failures, answers } = await watch.end();
  expect(failures).toEqual([]);
  expect(answers).toBeGreaterThan(0);
  expect(await (await fetch(stagingUrl)).text()).toBe("1");
});

test("so does a test that fails", async ({ page }) => {
  const sha = kiosk.commit("Break the test", {
    "build.sh": "mkdir -p dist && cp server.mjs version dist/\n",
    "test.sh": "exit 3\n",
  });
  await deploy(page, sha);
  await status(page, "failed");
  await expect(page.getByText("It failed at test")).toBeVisible();
  await expect(page.getByText(/Live traffic was not touched/).first()).toBeVisible();
});

test("and a release that never gets healthy, with what its instance printed last", async ({ page }) => {
  const sha = kiosk.commit("Do not listen", {
    "test.sh": "echo well\n",
    "anytime.yaml": shopSettings
      .replace("shop", "kiosk")
      .replace("node dist/server.mjs", "echo the cash box is empty; sleep 600")
      .replace("timeout: 15s", "timeout: 2s"),
  });
  await deploy(page, sha);
  await status(page, "failed");
  await expect(page.getByText("It failed at verify")).toBeVisible();
  await expect(page.getByText("the cash box is empty").first()).toBeVisible();
  expect(await (await fetch(stagingUrl)).text()).toBe("1");
});

async function cancelIt(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Cancel/ }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Cancel (?!$)/ })
    .last()
    .click();
  await status(page, "cancelled");
}

let long: string;

test("of what waits only the newest is deployed, where the team wants it so", async ({ page }) => {
  await page.goto(`${url}/services/kiosk?tab=settings`);
  const onlyNewest = page.getByRole("switch", { name: "Deploy only the newest that waits in Staging" });
  await onlyNewest.click();
  await expect(page.getByText("takes the place of older ones that wait")).toBeVisible();
  const sha = kiosk.commit("Take long", {
    "build.sh": "echo this takes long\nsleep 300\n",
    "anytime.yaml": shopSettings.replace("shop", "kiosk"),
  });
  await deploy(page, sha);
  await expect(page.getByText("this takes long")).toBeVisible();
  long = page.url();
  await deploy(page, kiosk.commit("Sell hats", { hats: "1" }));
  await expect(page.getByText(/^Waiting for/)).toBeVisible();
  const waiting = page.url();
  const newest = kiosk.commit("Sell caps", { caps: "1" });
  await page.goto(`${url}/services/kiosk/deploy?environment=staging&commit=${newest}`);
  await expect(page.getByText("waits: this newer one takes its place.")).toBeVisible();
  await deploy(page, newest);
  await expect(page.getByText(/^Waiting for/)).toBeVisible();
  const latest = page.url();
  await page.goto(waiting);
  await status(page, "superseded");
  await page.getByRole("link", { name: /^deployment \d+$/ }).click();
  await expect(page).toHaveURL(latest);
  await cancelIt(page);
  await page.goto(`${url}/services/kiosk?tab=settings`);
  await onlyNewest.click();
  await expect(onlyNewest).not.toBeChecked();
});

test("a build that runs can be cancelled", async ({ page }) => {
  await page.goto(long);
  await cancelIt(page);
  await expect(page.getByText("This deployment was cancelled")).toBeVisible();
});

test("a hold says why before the click, stops machines only, and ends by a click", async ({ page }) => {
  await page.goto(url);
  await page.getByRole("button", { name: "Hold deployments" }).click();
  const dialog = page.getByRole("dialog", { name: "Hold deployments" });
  await dialog.getByRole("button", { name: "Hold deployments" }).click();
  await expect(dialog.getByText("Say why, in at least 5 characters.")).toBeVisible();
  await dialog.getByRole("combobox", { name: "Where" }).click();
  await page.getByRole("option", { name: "Staging, every service" }).click();
  await dialog.getByLabel("Why").fill("The big sale runs.");
  await dialog.getByRole("button", { name: "Hold deployments" }).click();
  const held = page.getByRole("status").filter({ hasText: "Staging is held" });
  await expect(held).toContainText("The big sale runs.");
  await page.goto(`${url}/services/kiosk`);
  await expect(held).toBeVisible();
  await page.goto(`${url}/services/kiosk/deploy?environment=staging`);
  await expect(page.getByText(/^Staging is held until .* UTC: The big sale runs\.$/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^Deploy \w{7} to staging$/ })).toBeEnabled();
  const token = await makeToken(page);
  const answer = await page.request.post(`${url}/api/v1/services/kiosk/deployments`, {
    headers: { authorization: `Bearer ${token}` },
    data: { environment: "staging" },
  });
  expect(answer.status()).toBe(400);
  expect(await answer.text()).toContain("Machines deploy nothing until then; a person still can.");
  await page.goto(url);
  await held.getByRole("button", { name: "End the hold" }).click();
  await expect(held).toHaveCount(0);
});

async function makeToken(page: Page): Promise<string> {
  const made = await page.request.post(`${url}/api/trpc/tokens.create`, {
    headers: { origin: url },
    data: { name: "Kiosk's bot", permissions: ["deploy"], services: ["kiosk"], days: 7 },
  });
  return (await made.json()).result.data.token;
}

test("a release is promoted with the same artifact and without a build", async ({ page }) => {
  const sha = kiosk.commit("Sell umbrellas after all", {
    "build.sh": "mkdir -p dist && cp server.mjs version dist/\n",
    version: "3",
  });
  await deploy(page, sha);
  await status(page, "succeeded");
  const digestOf = () =>
    page.getByRole("button", { name: /copy the artifact digest [0-9a-f]{64}$/ }).getAttribute("aria-label");
  const staged = await digestOf();
  await page.getByRole("link", { name: "Promote #3 to production" }).click();
  await page.getByRole("button", { name: "Promote #3 to production" }).click();
  await expect(page).toHaveURL(/\/deployments\/\d+/);
  await status(page, "succeeded");
  for (const name of ["checkout", "build", "test", "package"]) {
    await expect(step(page, name)).toContainText("#3 is already built");
  }
  expect(await digestOf()).toBe(staged);
  expect(await (await fetch(productionUrl)).text()).toBe("3");
});

test("switching back takes the warm pool, without a build and without a failed request", async ({ page }) => {
  const watch = watchService(stagingUrl);
  await page.goto(`${url}/services/kiosk`);
  await expect(page.getByText("#1 is warm: back in under 1 s.")).toBeVisible();
  await page.getByRole("link", { name: "Switch staging back to #1" }).click();
  await expect(page.getByRole("switch", { name: /Mark #3 as bad/ })).toBeChecked();
  await page.getByRole("button", { name: "Switch staging back to #1" }).click();
  await expect(page).toHaveURL(/\/deployments\/\d+/);
  await status(page, "succeeded");
  for (const name of ["build", "start"]) await expect(step(page, name)).toContainText("skipped");
  await expect(page.getByText("Proof of the switch")).toBeVisible();
  await expect(
    page.getByText(/^[\d,]+ in the 10 s around it: 0 answered 5xx, 0 cut off, none begun on the old pool/),
  ).toBeVisible();
  const { failures, answers } = await watch.end();
  expect(failures).toEqual([]);
  expect(answers).toBeGreaterThan(0);
  expect(await (await fetch(stagingUrl)).text()).toBe("1");
});

test("the overview says what runs where, since when, by whom, and what waits", async ({ page }) => {
  await page.goto(url);
  const row = page.getByRole("row", { name: /Kiosk/ });
  await expect(row.getByRole("cell").nth(0)).toContainText(
    /#1.*live.*Open the kiosk.*ago|#1.*live.*Open the kiosk.*now/s,
  );
  await expect(row.getByRole("cell").nth(0)).toContainText("by Ada Example");
  await expect(row.getByRole("cell").nth(1)).toContainText(/#3.*marked as bad/s);
  await expect(row.getByRole("link", { name: /commits? waits? for Staging/ })).toBeVisible();
});

test("ten other tabs see a deployment move without being reloaded", async ({ page, context }) => {
  // Browsers open about six connections to a host: the tabs share one stream.
  const tabs = await Promise.all(Array.from({ length: 10 }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(url)));
  const rows = tabs.map((tab) => tab.getByRole("row", { name: /Kiosk/ }));
  const folder = mkdtempSync(join(tmpdir(), "anytime-postcards-"));
  chmodSync(folder, 0o755);
  const go = join(folder, "go");
  const sha = kiosk.commit("Sell postcards", {
    version: "4",
    "test.sh": `while [ ! -e ${go} ]; do sleep 0.1; done\n`,
  });
  await deploy(page, sha);
  for (const row of rows.slice(0, 2)) await expect(row.getByRole("progressbar")).toBeVisible();
  writeFileSync(go, "");
  await status(page, "succeeded");
  for (const row of rows) await expect(row.getByRole("cell").nth(0)).toContainText("#4");
  rmSync(folder, { recursive: true });
});

test("the whole log can be searched, linked by line and downloaded", async ({ page }) => {
  await page.goto(`${url}/deployments?service=kiosk&status=succeeded`);
  await page.getByRole("link", { name: "Deploy #1 to Staging" }).last().click();
  await page.getByLabel("Search the whole log").fill("IN GREEN");
  await expect(page.getByRole("search", { name: "Log" }).getByRole("status")).toContainText("1");
  await page.getByRole("link", { name: "Line 3", exact: true }).click();
  await page.getByRole("link", { name: "Line 5", exact: true }).click({ modifiers: ["Shift"] });
  await expect(page).toHaveURL(/#L3-L5$/);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the raw log" }).click();
  expect(readFileSync(await (await download).path(), "utf8")).toContain("built in green");
});
