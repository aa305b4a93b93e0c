import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";
import { untilAnswering, watchService } from "./portal/watch-service.ts";

/** One change on its way: to staging, to production and back, with what goes wrong in between. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const stagingUrl = `http://localhost:${routerPort}/kiosk/staging/`;
const productionUrl = `http://localhost:${routerPort}/kiosk/production/`;
let kiosk: Shop;
let firstCommit: string;

/** The page asks the repository when it opens: what was just pushed comes by itself. */
async function deploy(page: Page, sha: string): Promise<void> {
  const short = sha.slice(0, 7);
  await page.goto(`${url}/services/kiosk/deploy?environment=staging`);
  await page.getByRole("option").filter({ hasText: short }).click();
  await page.getByRole("button", { name: `Deploy ${short} to staging` }).click();
  await expect(page).toHaveURL(/\/services\/kiosk\/deployments\/\d+/);
}

const step = (page: Page, name: string) =>
  page
    .getByRole("navigation", { name: "Steps of the deployment" })
    .getByRole("listitem")
    .filter({ hasText: name });
const status = (page: Page, word: string) =>
  expect(page.locator("main header").getByText(word, { exact: true }).first()).toBeVisible({
    timeout: 60_000,
  });

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
  await page.getByText("One machine, one worker, one router, one database: 4 single points").click();
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
  const sha = kiosk.commit("Sell postcards", { version: "4", "test.sh": "sleep 4\n" });
  await deploy(page, sha);
  for (const row of rows.slice(0, 2)) await expect(row.getByRole("progressbar")).toBeVisible();
  await status(page, "succeeded");
  for (const row of rows) await expect(row.getByRole("cell").nth(0)).toContainText("#4");
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
  await page.getByRole("option", { name: "At a time" }).click();
  const time = page.getByLabel(/^Time in /);
  await time.fill("2020-01-01T09:00");
  await expect(page.getByText("This time is over: choose a later one, or deploy now.").first()).toBeVisible();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "Now" }).click();
  await page.getByRole("combobox", { name: "When" }).click();
  await page.getByRole("option", { name: "At a time" }).click();
  await expect(page.getByText(/ UTC, in \d+ h\. Machines look again then/)).toBeVisible();
  await page.getByRole("button", { name: `Schedule ${short} for staging` }).click();
  await expect(page).toHaveURL(/\/services\/kiosk\/deployments\/\d+/);
  await status(page, "scheduled");
  await expect(page.getByText(/^Scheduled for .* in \d+ h$/)).toBeVisible();
  const scheduled = page.url();
  await page.goto(`${url}/services/kiosk`);
  await expect(page.getByText(/^for .* in \d+ h$/)).toBeVisible();
  expect(await version()).toBe(before);
  await page.goto(scheduled);
  await page.getByRole("button", { name: "Deploy it now" }).click();
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
  await page.getByRole("button", { name: "Look now" }).click();
  await expect.poll(version, { timeout: 90_000 }).toBe("8");
  await page.goto(`${url}/services/kiosk?tab=settings`);
  await what.click();
  await page.getByRole("option", { name: "Nothing" }).click();
  await page.getByRole("button", { name: "Deploy to staging only when asked" }).click();
  await expect(page.getByText("Saved.")).toBeVisible();
});
