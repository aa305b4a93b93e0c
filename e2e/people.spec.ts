import { type Browser, expect, type Locator, type Page, test } from "@playwright/test";
import { administrator, grace, portalState, signedInFile } from "./portal/state.ts";

/** From the invitation to the last day: who gets in, what they may do, and that leaving ends it. */
test.describe.configure({ mode: "serial" });
const { url } = portalState();
const linus = { name: "Linus Example", email: "linus@example.org", password: "violet kettle on tuesday" };
const unused = "amber ladder by the sea";

async function asAdministrator(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ storageState: signedInFile });
  return context.newPage();
}

async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.goto(`${url}/settings/members`);
  await page.getByRole("button", { name: "Invite a member" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByLabel("Role").click();
  await page.getByRole("option", { name: role }).click();
  await dialog.getByRole("button", { name: "Make the invitation link" }).click();
  await expect(dialog.getByText("it is not shown again")).toBeVisible();
  const made = await linkIn(dialog);
  await page.mouse.click(5, 5);
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "I have copied the link" }).click();
  await expect(page.getByRole("table", { name: "Open links" })).toContainText(email);
  return made;
}

async function linkIn(dialog: Locator): Promise<string> {
  return ((await dialog.getByText(/\/join#/).textContent()) ?? "").trim();
}

async function actFor(page: Page, name: string, act: string): Promise<void> {
  await page.goto(`${url}/settings/members`);
  await page.getByRole("button", { name: `Actions for ${name}` }).click();
  await page.getByRole("menuitem", { name: act }).click();
}

async function signIn(page: Page, password: string): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("E-mail").fill(linus.email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

let his: Page;
let link: string;
test.beforeAll(async ({ browser }) => {
  his = await (await browser.newContext()).newPage();
});

test("an administrator invites somebody by a link", async ({ browser }) => {
  const page = await asAdministrator(browser);
  link = await invite(page, linus.email, "Stakeholder");
  await page.reload();
  await expect(page.locator("body")).not.toContainText(new URL(link).hash.slice(1));
});

test("they join by it, and a password that everybody guesses is refused beside its field", async () => {
  await his.goto(link);
  await expect(his.getByText("You are invited as a stakeholder")).toBeVisible();
  await his.getByLabel("Your name").fill(linus.name);
  await his.getByLabel("Password", { exact: true }).fill("password1234");
  await his.getByRole("button", { name: "Make the account and sign in" }).click();
  await expect(his.getByText("one of the passwords that are tried first")).toBeVisible();
  await his.getByLabel("Password", { exact: true }).fill(linus.password);
  await his.getByRole("button", { name: "Make the account and sign in" }).click();
  await expect(his.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("the link works once", async ({ page }) => {
  await page.goto(link);
  await expect(page.getByRole("main").getByRole("alert")).toContainText("This link was used");
});

test("a stakeholder sees everything but addresses, deploys nothing, and is told why", async () => {
  await his.goto(`${url}/services/hello`);
  const deploy = his.getByRole("button", { name: /^Deploy to staging/ }).first();
  await expect(deploy).toBeDisabled();
  await expect(his.getByText("An administrator can make you an engineer.").first()).toBeAttached();
  await his.goto(`${url}/settings/members`);
  await expect(his.getByRole("table", { name: "Members" })).toContainText(administrator.name);
  await expect(his.getByRole("main")).not.toContainText(administrator.email);
  await expect(his.getByRole("button", { name: "Invite a member" })).toHaveCount(0);
  const answer = await his.request.post(`${url}/api/trpc/members.invite`, {
    data: { email: "x@example.org", role: "admin" },
    headers: { origin: url },
  });
  expect(answer.status()).toBe(403);
});

test("another role holds at once, without signing in anew", async ({ browser }) => {
  const page = await asAdministrator(browser);
  await actFor(page, linus.name, "Change the role");
  await page.getByRole("combobox", { name: "Role" }).click();
  await page.getByRole("option", { name: "Engineer" }).click();
  await page.getByRole("button", { name: `Make ${linus.name} an engineer` }).click();
  await expect(page.getByText(`${linus.name} is an engineer now.`)).toBeVisible();
  await his.goto(`${url}/services/hello`);
  await expect(his.getByRole("link", { name: /^Deploy to staging/ }).first()).toBeVisible();
});

test("an engineer makes a team and says who to talk to, and the service's page shows it", async () => {
  await his.goto(`${url}/settings/teams`);
  await his.getByRole("button", { name: "Make a team" }).first().click();
  await his.getByRole("dialog").getByLabel("Name").fill("Greeters");
  await his.getByRole("dialog").getByLabel("Who to talk to").fill("#greeters");
  await his.getByRole("button", { name: "Make the team" }).click();
  const teams = his.getByRole("table", { name: "Teams" });
  await expect(teams).toContainText("#greeters");
  await his.getByRole("button", { name: "Actions for Greeters" }).click();
  await his.getByRole("menuitem", { name: "Change members of Greeters" }).click();
  await his.getByRole("switch", { name: linus.name }).click();
  await his.keyboard.press("Escape");
  await expect(teams).toContainText(linus.name);

  await his.goto(`${url}/services/hello?tab=settings`);
  await his.getByLabel("Team").fill("Greeters");
  await his
    .getByRole("form", { name: "About the service" })
    .getByRole("button", { name: "Save the service" })
    .click();
  await expect(his.getByText("Saved.")).toBeVisible();
  await his.reload();
  await expect(his.getByText("Team Greeters (talk to #greeters)")).toBeVisible();
});

test("a new password ends every other session, and this one goes on", async ({ browser }) => {
  const elsewhere = await (await browser.newContext()).newPage();
  await signIn(elsewhere, linus.password);
  await expect(elsewhere.getByRole("heading", { name: "Overview" })).toBeVisible();
  await his.goto(`${url}/settings`);
  await his.getByRole("button", { name: "Change your password" }).click();
  const dialog = his.getByRole("dialog");
  await dialog.getByLabel("Current password", { exact: true }).fill("not this one");
  await dialog.getByLabel("New password", { exact: true }).fill(unused);
  await dialog.getByRole("button", { name: "Save the new password" }).click();
  await expect(dialog.getByText("This is not your current password.")).toBeVisible();
  await dialog.getByLabel("Current password", { exact: true }).fill(linus.password);
  await dialog.getByRole("button", { name: "Save the new password" }).click();
  await expect(his.getByText("Every other session has ended.")).toBeVisible();
  await his.goto(`${url}/workers`);
  await expect(his.getByRole("heading", { name: "Workers", level: 1 })).toBeVisible();
  await elsewhere.goto(`${url}/workers`);
  await expect(elsewhere).toHaveURL(/sign-in\?return=%2Fworkers/);
});

test("an administrator makes a link that sets a forgotten password", async ({ browser }) => {
  const page = await asAdministrator(browser);
  await actFor(page, linus.name, "Make a password link");
  await page.getByRole("button", { name: `Make the link for ${linus.name}` }).click();
  const reset = await linkIn(page.getByRole("dialog"));
  await his.goto(reset);
  await expect(his.getByText(`For ${linus.name}. Every session ends.`)).toBeVisible();
  await his.getByLabel("New password", { exact: true }).fill(linus.password);
  await his.getByRole("button", { name: "Set the password and sign in" }).click();
  await expect(his.getByRole("heading", { name: "Overview" })).toBeVisible();
});

test("leaving ends the session at once, also on a page that is open", async ({ browser }) => {
  const page = await asAdministrator(browser);
  await his.goto(`${url}/settings/teams`);
  await actFor(page, linus.name, "Let Linus Example leave");
  const dialog = page.getByRole("alertdialog");
  await expect(dialog).toContainText("signed out everywhere at once");
  await dialog.getByRole("button", { name: `Let ${linus.name} leave` }).click();
  await expect(page.getByRole("table", { name: "Former members" })).toContainText(linus.name);
  await his.getByRole("button", { name: "Make a team" }).first().click();
  await his.getByRole("dialog").getByLabel("Name").fill("Too late");
  await his.getByRole("button", { name: "Make the team" }).click();
  await expect(his).toHaveURL(/sign-in/);
  await signIn(his, linus.password);
  await expect(his.getByRole("alert").filter({ hasText: "closed when its owner left" })).toBeVisible();
});

test("the last administrator can neither leave nor be demoted", async ({ browser }) => {
  const page = await asAdministrator(browser);
  await actFor(page, administrator.name, `Let ${administrator.name} leave`);
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: `Let ${administrator.name} leave` })
    .click();
  await expect(page.getByText("They are the only administrator.")).toBeVisible();
});

test("a provider lets in nobody who is not invited, and whoever is, by a button", async ({
  page,
  browser,
}) => {
  await page.goto(`${url}/sign-in?return=%2Fworkers`);
  await page.getByRole("button", { name: "Sign in with Example ID" }).click();
  await expect(page.getByText("You have no account here yet.")).toBeVisible();
  const invitation = await invite(await asAdministrator(browser), "somebody@example.org", "Engineer");
  await page.goto(invitation);
  await page.getByRole("button", { name: "Join with Example ID" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  await page.goto(`${url}/settings`);
  await expect(page.getByRole("main")).toContainText(grace.name);
  await expect(page.getByRole("button", { name: "Disconnect Example ID" })).toBeDisabled();
  const later = await (await browser.newContext()).newPage();
  await later.goto(`${url}/sign-in?return=%2Fworkers`);
  await later.getByRole("button", { name: "Sign in with Example ID" }).click();
  await expect(later).toHaveURL(`${url}/workers`);
});
