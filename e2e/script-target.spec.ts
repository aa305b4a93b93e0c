import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, type Page, test } from "@playwright/test";
import { freePort } from "#db/testing/free-port.ts";
import { deployCommit, status } from "./portal/deployment-pages.ts";
import { makeShop, type Shop } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

/** A service that a command deploys: what the pages promise of it, and what they do not. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });

const { url, routerPort, repositories } = portalState();
const example = fileURLToPath(new URL("../examples/script-target", import.meta.url));
const platform = mkdtempSync(join(tmpdir(), "anytime-platform-"));
let shop: Shop;
let first: string;
let port: number;

test.beforeAll(async () => {
  port = await freePort();
  // Its commands run under a uid of the service.
  chmodSync(platform, 0o777);
  shop = makeShop(join(repositories, "script-target"));
  cpSync(example, shop.folder, { recursive: true });
  const settings = readFileSync(join(example, "anytime.yaml"), "utf8").replace(
    "PLATFORM_PORT: 8098",
    `PLATFORM_PORT: ${port}\n  PLATFORM_FOLDER: ${platform}`,
  );
  first = shop.commit("Open the doors", { "anytime.yaml": settings });
});
test.afterAll(() => {
  const pid = Number(readFileSync(join(platform, "staging/server.pid"), "utf8"));
  if (pid > 0) process.kill(pid);
  rmSync(platform, { recursive: true, force: true });
});

const answer = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();

async function deploy(page: Page, sha: string): Promise<void> {
  await deployCommit(page, "script-target", sha);
  await status(page, "succeeded");
}

test("before the click it says what does not hold where a command releases", async ({ page }) => {
  await page.goto(`${url}/services/new`);
  await page.getByLabel("Git address").fill(shop.folder);
  await page.getByRole("button", { name: "Read repository", exact: true }).click();
  await expect(page.getByText("sh platform.sh deploy").first()).toBeVisible();
  await page.getByRole("button", { name: "Register script-target" }).click();
  await expect(page).toHaveURL(`${url}/services/script-target`);
  await page.goto(`${url}/services/script-target/deploy?environment=staging`);
  const limits = page.getByRole("region", { name: "What does not hold here" });
  await expect(limits.getByText("There are no pools")).toBeVisible();
  await expect(page.getByText("skipped: what ran before is for the platform to end")).toBeVisible();
});

test("two releases go live by their command, and the portal shows no pools and no proof", async ({
  page,
}) => {
  await deploy(page, first);
  expect(await answer()).toBe("release 1\n");
  await expect(page.getByRole("region", { name: "Recorded as live" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Proof of the switch" })).toHaveCount(0);
  await expect(page.getByRole("figure", { name: /pools of/ })).toHaveCount(0);
  await deploy(page, shop.commit("Paint the doors", { "notes.txt": "green" }));
  expect(await answer()).toBe("release 2\n");
  expect((await fetch(`http://localhost:${routerPort}/script-target/staging/`)).status).toBe(404);
});

test("it is switched back by its command, and scaling is refused in words", async ({ page }) => {
  await page.goto(`${url}/services/script-target`);
  const staging = page.getByRole("region", { name: "Staging" });
  await staging.getByText("What the portal cannot promise here").click();
  await expect(staging.getByText("the portal cannot vouch for zero failed requests")).toBeVisible();
  await expect(staging.getByText(/^A command goes back to #1/)).toBeVisible();
  await staging.getByRole("button", { name: "More for Staging" }).click();
  await expect(page.getByText("the portal starts no instances")).toBeAttached();
  await page.keyboard.press("Escape");
  await staging.getByRole("link", { name: "Switch staging back to #1" }).click();
  await page.getByRole("button", { name: "Switch staging back to #1" }).click();
  await status(page, "succeeded");
  expect(await answer()).toBe("release 1\n");
});

test("a deploy command that fails leaves what was live recorded as live, and the page says what is not known", async ({
  page,
}) => {
  shop.commit("Break the doors", { "platform.sh": "echo half of it\nexit 7\n" });
  await page.goto(`${url}/services/script-target/deploy?environment=staging`);
  await page.getByRole("button", { name: /^Deploy [0-9a-f]{7} to staging$/ }).click();
  await expect(page.getByText("It failed at start")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText("what Staging serves now, the portal does not know")).toBeVisible();
  await expect(page.getByText("Recorded as live is still #1.")).toBeVisible();
  expect(await answer()).toBe("release 1\n");
});
