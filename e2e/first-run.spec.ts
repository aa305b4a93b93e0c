import { expect, test } from "@playwright/test";
import { administrator, portalState, signedInFile } from "./portal/state.ts";

/** The first minutes: nobody has an account, and only the one-time link makes one. */
test.describe.configure({ mode: "serial" });

test("whoever merely reaches the port is led to sign in, and cannot make an account", async ({ page }) => {
  const { url } = portalState();
  await page.goto(`${url}/services/hello`);
  await expect(page).toHaveURL(`${url}/sign-in?return=%2Fservices%2Fhello`);
  await page.goto(`${url}/setup`);
  await expect(page.getByText("anytime -- setup-link")).toBeVisible();
  await expect(page.getByLabel("Your name")).toHaveCount(0);
});

test("a made-up link is refused", async ({ page }) => {
  const { url } = portalState();
  await page.goto(`${url}/setup#${"x".repeat(43)}`);
  await fillAccount(page);
  await expect(page.getByRole("form").getByRole("alert")).toContainText("This setup link was used");
});

test("the setup link makes the administrator and signs in", async ({ page }) => {
  const { setupLink } = portalState();
  await page.goto(setupLink);
  await fillAccount(page);
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.context().storageState({ path: signedInFile });
});

test("the link works once", async ({ page }) => {
  const { setupLink } = portalState();
  await page.goto(setupLink);
  await expect(page.getByText(/already|used|sign in/i).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Overview" })).toHaveCount(0);
});

test("a wrong password is said beside the form; the right one leads back to where one wanted to go", async ({
  page,
}) => {
  const { url } = portalState();
  await page.goto(`${url}/workers`);
  await page.getByLabel("E-mail").fill(administrator.email);
  await page.getByLabel("Password", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: /password/i })).toBeVisible();
  await page.getByLabel("Password", { exact: true }).fill(administrator.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(`${url}/workers`);
  await expect(page.getByRole("heading", { name: "Workers", level: 1 })).toBeVisible();
});

async function fillAccount(page: import("@playwright/test").Page): Promise<void> {
  await page.getByLabel("Your name").fill(administrator.name);
  await page.getByLabel("E-mail").fill(administrator.email);
  await page.getByLabel("Password", { exact: true }).fill(administrator.password);
  await page.getByRole("button", { name: "Make the account and sign in" }).click();
}
