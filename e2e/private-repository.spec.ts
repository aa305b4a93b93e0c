import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { fingerprintOf } from "#server/kernel/ssh-keys.ts";
import { noSshServer, type SshServer, startSshServer } from "#server/services/pipeline/testing/ssh-server.ts";
import { makeShop, type Shop, shopSettings } from "./portal/shop.ts";
import { portalState, signedInFile } from "./portal/state.ts";
import { untilAnswering } from "./portal/watch-service.ts";

/** A repository that only its own deploy key opens, from its address to traffic. */
test.describe.configure({ mode: "serial" });
test.use({ storageState: signedInFile });
test.skip(noSshServer !== null, noSshServer ?? "");

const { url, routerPort, repositories } = portalState();
let vault: Shop;
let server: SshServer;
let address: string;

test.beforeAll(async () => {
  vault = makeShop(join(repositories, "vault"), {
    "anytime.yaml": shopSettings.replace("shop", "vault"),
    version: "1",
  });
  vault.commit("Open the vault");
  server = await startSshServer(join(repositories, ".sshd"));
  address = server.addressOf(vault.folder);
});
test.afterAll(() => server?.stop());

async function publicKey(page: Page): Promise<string> {
  const shown = page.getByRole("figure", { name: "public key" }).last();
  await expect(shown).toContainText("ssh-ed25519 ");
  return ((await shown.locator("pre").textContent()) ?? "").trim();
}

/** Next has an alert of its own on every page. */
const complaint = (page: Page) => page.getByRole("region", { name: "Access" }).getByRole("alert");

async function openSettings(page: Page): Promise<void> {
  await page.goto(`${url}/services/vault`);
  await page.getByRole("tab", { name: "Settings" }).click();
}

test("a private repository is registered on one page: its key, the host key, the service", async ({
  page,
}) => {
  await page.goto(`${url}/services/new`);
  await page.getByLabel("Git address").fill(address);
  await page.getByRole("button", { name: "Read repository", exact: true }).click();
  await expect(complaint(page)).toContainText("with a deploy key of its own");
  await page.getByRole("button", { name: "Make a deploy key" }).click();
  const key = await publicKey(page);
  await expect(page.getByText(fingerprintOf(server.hostKey()))).toBeVisible();
  await page.getByRole("button", { name: /^Confirm the host key of / }).click();
  await expect(page.getByText("Confirmed by a person. Every other key is refused.")).toBeVisible();

  await page.getByRole("button", { name: "Read repository with this key" }).click();
  await expect(complaint(page)).toContainText("does not take the deploy key");
  server.authorise(key);
  await page.getByRole("button", { name: "Read repository with this key" }).click();
  await expect(page.getByText("anytime.yaml was found")).toBeVisible();
  await page.getByRole("button", { name: "Register vault" }).click();
  await expect(page).toHaveURL(`${url}/services/vault`);
});

test("it is deployed, and nothing of its key stands in the log", async ({ page }) => {
  await page.goto(`${url}/services/vault/deploy?environment=staging`);
  await page.getByRole("button", { name: /^Deploy [0-9a-f]{7} to staging$/ }).click();
  await expect(page).toHaveURL(/\/services\/vault\/deployments\/\d+/);
  await untilAnswering(`http://localhost:${routerPort}/vault/staging/`, 60_000);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  const log = await page.request.get(`${url}/api/deployments/${id}/log`);
  expect(log.ok()).toBe(true);
  const text = await log.text();
  expect(text).toContain("Checking out");
  expect(text).not.toContain("PRIVATE KEY");
});

test("its key is replaced once the new one has read the repository", async ({ page }) => {
  await openSettings(page);
  const access = page.getByRole("region", { name: "Repository access" });
  const before = await access.getByRole("figure", { name: "public key" }).textContent();
  await access.getByRole("button", { name: "Replace the deploy key" }).click();
  await access.getByRole("button", { name: "Make a deploy key" }).click();
  // The one that is used now stands there until the new one is made.
  await expect.poll(async () => before?.includes(await publicKey(page))).toBe(false);
  const next = await publicKey(page);
  server.authorise(next);
  await access.getByRole("button", { name: "Read repository with this key" }).click();
  await expect(page.getByText("it is used from now on")).toBeVisible();
  await expect(access.getByRole("figure", { name: "public key" })).toContainText(next);
});

test("a server that shows another host key gets nothing until a person has compared it", async ({ page }) => {
  await server.changeHostKey();
  vault.commit("Close the vault");
  await page.goto(`${url}/services/vault/deploy?environment=staging`);
  await expect(page.getByText("The server's host key is not the confirmed one").first()).toBeVisible();
  await openSettings(page);
  await page.getByRole("button", { name: "Compare the host key again" }).click();
  await expect(page.getByText(fingerprintOf(server.hostKey()))).toBeVisible();
  await page.getByRole("button", { name: /^Confirm the host key of / }).click();
  await expect(page.getByText("Confirmed by a person")).toBeVisible();
  await page.goto(`${url}/services/vault/deploy?environment=staging`);
  await expect(page.getByRole("option").filter({ hasText: "Close the vault" })).toBeVisible();
});
