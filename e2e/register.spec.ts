import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { makeShop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";

test.use({ storageState: signedInFile });

async function readRepository(page: Page, address: string): Promise<void> {
  const { url } = portalState();
  await page.goto(`${url}/services/new`);
  await page.getByLabel("Git address").fill(address);
  await page.getByRole("button", { name: "Read repository" }).click();
}

const complaint = (page: Page, text: string | RegExp) => expect(page.getByText(text).first()).toBeVisible();

test.describe("an address that is not taken is refused beside its field", () => {
  for (const [address, words] of [
    ["ext::sh -c 'touch /tmp/owned'", "Remote helpers"],
    ["--upload-pack=touch /tmp/owned", "cannot begin with a dash"],
    ["http://git.example.org/team/shop.git", "http is not taken: use https or ssh."],
    ["file:///etc/passwd", "file is not taken"],
    ["ssh://-oProxyCommand=x/y", /host name|not a complete address/],
    ["https://user:secret@git.example.org/x.git", "Leave user name and password out"],
  ] as const) {
    test(address, async ({ page }) => {
      await readRepository(page, address);
      await complaint(page, words);
      await expect(page.getByLabel("Git address")).toHaveAttribute("aria-invalid", "true");
      await expect(page.getByRole("heading", { name: "Settings" })).toHaveCount(0);
    });
  }

  test("a path outside of the operator's folder", async ({ page }) => {
    await readRepository(page, "/etc");
    await complaint(page, "There is no repository at this path in the folders that are open");
  });

  test("a folder without a repository", async ({ page }) => {
    mkdirSync(join(portalState().repositories, "nothing"), { recursive: true });
    await readRepository(page, join(portalState().repositories, "nothing"));
    await complaint(page, "There is no repository at this path");
  });

  test("an empty repository", async ({ page }) => {
    const folder = join(portalState().repositories, "empty");
    execFileSync("git", ["init", "-q", "-b", "main", folder]);
    await readRepository(page, folder);
    await complaint(page, /no commit|empty/i);
  });
});

test("settings that cannot be used are shown by line, with what was meant", async ({ page }) => {
  const folder = join(portalState().repositories, "broken");
  const shop = makeShop(folder, { "anytime.yaml": shopSettings.replace("build:", "biuld:") });
  shop.commit("Start");
  await readRepository(page, folder);
  const alert = page.getByRole("alert").filter({ hasText: "anytime.yaml cannot be used: line 2" });
  await expect(alert).toContainText("biuld");
  await expect(alert).toContainText("Did you mean build?");
  await expect(page.getByRole("button", { name: /^Register / })).toBeDisabled();

  shop.commit("A bomb", {
    "anytime.yaml": `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghij"
      .split("")
      .map((key, n) => `${key}: &${key} [${`*${"abcdefghij"[n]},`.repeat(9).slice(0, -1)}]`)
      .join("\n")}\n`,
  });
  await page.getByRole("button", { name: "Read it again" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "anytime.yaml cannot be used" })).toContainText(
    /alias/i,
  );
});

test("a service is registered with the settings of its repository", async ({ page }) => {
  const { repositories, url } = portalState();
  const shop = makeShop(join(repositories, "shop"), { "anytime.yaml": shopSettings, version: "1" });
  shop.commit("Open the shop");
  await readRepository(page, shop.folder);
  await expect(page.getByText("anytime.yaml was found")).toBeVisible();
  await page.getByRole("tab", { name: "production" }).click();
  await expect(page.getByRole("tabpanel")).toContainText("sh build.sh");

  const slug = page.getByLabel("Slug");
  await expect(slug).toHaveValue("shop");
  for (const [wrong, words] of [
    ["hello", "There is a service hello already"],
    ["Shop", /lower|small/i],
    ["-shop", /begin|letter/i],
    ["s".repeat(64), /longer|at most|characters/i],
    ["shop.front", /letters|dots?/i],
  ] as const) {
    await slug.fill(wrong);
    await complaint(page, words);
    await page.getByRole("button", { name: /^Register / }).click();
    await expect(page).toHaveURL(/services\/new/);
  }
  await slug.fill("shop");
  await page.getByLabel("Team").fill("Storefront");
  await page.getByRole("button", { name: "Register shop" }).click();
  await expect(page).toHaveURL(`${url}/services/shop`);
  await expect(page.getByRole("heading", { name: "Shop", level: 1 })).toBeVisible();
  await expect(page.getByText("nothing live").first()).toBeVisible();
});

test("a service whose repository has no anytime.yaml is registered with typed settings", async ({ page }) => {
  const { repositories, url } = portalState();
  const shop = makeShop(join(repositories, "stand"), { version: "1" });
  shop.commit("Open the stand");
  await readRepository(page, shop.folder);
  await expect(page.getByText("There is no anytime.yaml in it")).toBeVisible();
  await page.getByLabel("Build", { exact: true }).fill("sh build.sh");
  await page.getByRole("button", { name: "Register stand" }).click();
  await expect(page.getByLabel("Start", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("Start", { exact: true }).fill("node dist/server.mjs");
  await page.getByLabel("Health path").fill("/healthz");
  await page.getByLabel("Package these paths").fill("dist");
  await page.getByRole("button", { name: "Register stand" }).click();
  await expect(page).toHaveURL(`${url}/services/stand`);
  await page.getByRole("tab", { name: "Settings" }).click();
  await expect(page.getByLabel("Start", { exact: true })).toHaveValue("node dist/server.mjs");
});
