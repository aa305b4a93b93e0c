import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test } from "@playwright/test";
import { status } from "./portal/deployment-pages.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, resultsFolder, signedInFile } from "./portal/state.ts";

/** Machine facts in the place of approvals: asked for, shown before the click, overridden with a reason, kept. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, repositories } = portalState();
const reason = "CI's own disk is full, and the tests passed here.";
let stall: Shop;
let sha: string;
let deploymentPath: string;
let ciToken: string | undefined;

const deployPath = (commit: string, environment = "production") =>
  `/services/stall/deploy?environment=${environment}&commit=${commit}`;
const conditions = (page: Page) => page.getByRole("list", { name: "Conditions of Production" });

/** As CI does it, by the REST API with a token of its own. */
async function reportCi(page: Page, commit: string, state: "passed" | "failed" | "pending"): Promise<void> {
  ciToken ??= await makeToken(page);
  const answer = await page.request.post(`${url}/api/v1/services/stall/commits/${commit}/facts`, {
    headers: { authorization: `Bearer ${ciToken}` },
    data: { fact: "ci", state, url: "https://ci.example.org/runs/7" },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

async function makeToken(page: Page): Promise<string> {
  const answer = await page.request.post(`${url}/api/trpc/tokens.create`, {
    headers: { origin: url },
    data: { name: "CI of the stall", permissions: ["reportFacts"], services: ["stall"], days: 7 },
  });
  return (await answer.json()).result.data.token;
}

test("conditions are switched on for production, saved at once, and can be undone", async ({ page }) => {
  stall = makeShop(join(repositories, "stall"), {
    "anytime.yaml": shopSettings.replace("shop", "stall"),
    version: "1",
  });
  sha = stall.commit("Open the stall");
  await page.goto(`${url}/services/new?repository=${encodeURIComponent(stall.folder)}`);
  await page.getByRole("button", { name: "Read repository" }).click();
  await page.getByRole("button", { name: "Register stall" }).click();
  await expect(page.getByRole("heading", { name: "Stall", level: 1 })).toBeVisible();

  await page.goto(`${url}/services/stall?tab=settings`);
  const production = page.getByRole("group", { name: "Production" });
  const green = production.getByRole("switch", { name: /^CI green/ });
  const branch = production.getByRole("switch", { name: /^On the default branch/ });
  await green.click();
  await expect(page.getByText("Saved. Production asks for green CI.")).toBeVisible();
  await expect(production.getByRole("switch", { name: /overridden with a reason \(CI green/ })).toBeChecked();
  await branch.click();
  const saved = page.getByText("Saved. Production asks for a commit of the default branch and green CI.");
  await expect(saved).toBeVisible();
  await page.getByRole("listitem").filter({ has: saved }).getByRole("button", { name: "Undo" }).click();
  await expect(branch).not.toBeChecked();
  await expect(green).toBeChecked();
  await page.reload();
  await expect(green).toBeChecked();
  await expect(branch).not.toBeChecked();
});

test("where nothing is asked nothing is shown", async ({ page }) => {
  await page.goto(url + deployPath(sha, "staging"));
  await expect(page.getByRole("button", { name: `Deploy ${sha.slice(0, 7)} to staging` })).toBeEnabled();
  await expect(page.getByRole("heading", { name: /^Conditions/ })).toHaveCount(0);
});

test("what a machine found is shown before the click, and stops it until somebody says why", async ({
  page,
}) => {
  await page.goto(url + deployPath(sha));
  await expect(conditions(page)).toContainText(/CI green.*not known.*CI has not reported on this commit\./s);
  await expect(page.getByText(/checked (just now|\d+ s ago)/)).toBeVisible();
  await expect(page.getByText("This stops it, unless you say why")).toBeVisible();
  await reportCi(page, sha, "failed");
  await expect(conditions(page)).toContainText(/not green.*CI has failed\. Reported .*ci\.example\.org/s);
  await expect(page.getByRole("option").first()).toContainText("CI failed");
  const button = page.getByRole("button", {
    name: `Deploy ${sha.slice(0, 7)} to production without green CI`,
  });
  await expect(button).toBeDisabled();
  await page.getByLabel("Why deploy all the same?").fill("because");
  await expect(button).toBeDisabled();
  await expect(button).toHaveAccessibleDescription("Say why in at least 10 characters.");
});

test("the API refuses what the page greys out", async ({ page }) => {
  const answer = await page.request.post(`${url}/api/trpc/deployments.request`, {
    headers: { origin: url },
    data: { serviceSlug: "stall", environmentSlug: "production", kind: "deploy", sha },
  });
  expect(answer.status()).toBe(400);
  expect(await answer.text()).toContain("Production asks for green CI. CI has failed.");
});

test("with a reason it is deployed at once, and the page keeps what was known", async ({ page }) => {
  await page.goto(url + deployPath(sha));
  await page.getByLabel("Why deploy all the same?").fill(reason);
  await page
    .getByRole("button", { name: `Deploy ${sha.slice(0, 7)} to production without green CI` })
    .click();
  await expect(page).toHaveURL(/\/services\/stall\/deployments\/\d+/);
  deploymentPath = new URL(page.url()).pathname;
  await status(page, "succeeded");
  await reportCi(page, sha, "passed");
  await page.reload();
  const found = page.getByRole("list", { name: "Conditions as they were found" });
  await expect(found).toContainText(/CI green.*not green.*CI has failed\./s);
  const override = page.getByRole("figure", { name: /^Deployed without/ });
  await expect(override).toContainText("Deployed without green CI, knowingly by Ada Example");
  await expect(override).toContainText(reason);
});

test("the list of deployments says what was deployed without", async ({ page }) => {
  await page.goto(`${url}/deployments?service=stall`);
  const row = page.getByRole("row", { name: /Deploy #1 to Production/ });
  await expect(row).toContainText("without green CI");
});

test("the newest report counts: then it needs no reason", async ({ page }) => {
  await page.goto(url + deployPath(sha));
  await expect(conditions(page)).toContainText(/green.*CI has passed\. Reported by CI of the stall/s);
  await expect(page.getByLabel("Why deploy all the same?")).toHaveCount(0);
  await expect(page.getByRole("button", { name: `Deploy ${sha.slice(0, 7)} to production` })).toBeEnabled();
});

test("a deployment that failed keeps its conditions, and names nobody beside them", async ({ page }) => {
  const broken = stall.commit("Break the build", { "build.sh": "exit 7\n" });
  await reportCi(page, broken, "failed");
  await page.goto(url + deployPath(broken));
  await page.getByLabel("Why deploy all the same?").fill(reason);
  await page.getByRole("button", { name: /without green CI$/ }).click();
  await status(page, "failed");
  const section = page.getByRole("region", { name: "Conditions" });
  await expect(section).toContainText("CI has failed.");
  await expect(section).toContainText(reason);
  await expect(section).not.toContainText("Ada");
});

test("a switch-back is not asked: help never waits", async ({ page }) => {
  const second = stall.commit("Mend the build", {
    "build.sh": "mkdir -p dist && cp server.mjs version dist/\n",
  });
  await reportCi(page, second, "passed");
  await page.goto(url + deployPath(second));
  await page.getByRole("button", { name: `Deploy ${second.slice(0, 7)} to production` }).click();
  await status(page, "succeeded");
  await reportCi(page, sha, "failed");
  await page.goto(`${url}/services/stall/deploy?environment=production&kind=switch-back`);
  await expect(page.getByText("They are not asked of a switch-back: help never waits.")).toBeVisible();
  await page.getByRole("button", { name: "Switch production back to #1" }).click();
  await status(page, "succeeded");
});

const pictures = join(resultsFolder, "screenshots");
mkdirSync(pictures, { recursive: true });
const pages = [
  { name: "conditions-settings", path: () => "/services/stall?tab=settings", shows: "group" },
  { name: "conditions-deploy", path: () => deployPath(sha), shows: "list" },
  { name: "conditions-deployment", path: () => deploymentPath, shows: "figure" },
] as const;
const screens = [
  { name: "desk", viewport: { width: 1440, height: 900 }, hasTouch: false },
  { name: "phone", viewport: { width: 390, height: 844 }, hasTouch: true },
];

for (const { name: screen, ...device } of screens) {
  for (const theme of ["light", "dark"] as const) {
    test.describe(`${theme}, ${screen}`, () => {
      test.use({ ...device, colorScheme: theme });
      for (const { name, path, shows } of pages) {
        test(name, async ({ page }) => {
          await page.goto(url + path());
          const part = shows === "list" ? conditions(page) : page.getByRole(shows).last();
          await part.scrollIntoViewIfNeeded();
          const { violations } = await new AxeBuilder({ page }).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html)}`)).toEqual([]);
          const overflow = await page.evaluate(() => {
            const { scrollWidth, clientWidth } = document.documentElement;
            return scrollWidth - clientWidth;
          });
          expect(overflow).toBeLessThanOrEqual(0);
          await page.screenshot({ path: join(pictures, `${name}-${theme}-${screen}.png`) });
        });
      }
    });
  }
}
