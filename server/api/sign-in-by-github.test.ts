import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureAdministrator } from "#server/services/identity/ensure-administrator.ts";
import { inviteMember } from "#server/services/identity/invite-member.ts";
import { actingAs } from "#server/services/identity/note-sign-in.ts";
import type { TestServer } from "#server/services/identity/testing/listen.ts";
import { Browser } from "./testing/browser.ts";
import { openGithubServer } from "./testing/github-server.ts";
import { beginAt, comeBack, openSignInLab, type SignInLab, sessionOf } from "./testing/open-sign-in.ts";

let lab: SignInLab;
let github: TestServer;
const person = { id: 583_231, email: "octo@example.org", verified: true };
beforeAll(async () => {
  github = await openGithubServer(person);
  lab = await openSignInLab({
    ANYTIME_GITHUB_URL: github.url,
    ANYTIME_GITHUB_CLIENT_ID: "client",
    ANYTIME_GITHUB_CLIENT_SECRET: "secret",
  });
  await ensureAdministrator(lab.database.ctx, {
    email: "root@example.org",
    password: "correct horse battery",
  });
});
afterAll(async () => {
  await lab.close();
  await github.close();
});

async function signIn(browser: Browser): Promise<string> {
  return comeBack(lab.url, browser, await beginAt(lab.url, browser, {}, "github"));
}

test("everybody has an account at GitHub, so nobody gets in without an invitation", async () => {
  expect(await signIn(new Browser())).toBe("/sign-in?error=no-invitation");
});

test("an invitation to an address counts only once GitHub has verified it", async () => {
  const ctx = actingAs(lab.database.ctx, { id: 1, name: "Root", email: "root@example.org", role: "admin" });
  await inviteMember(ctx, { email: person.email, role: "engineer", portalUrl: lab.url });
  person.verified = false;
  expect(await signIn(new Browser())).toBe("/sign-in?error=no-invitation");
  person.verified = true;
  const browser = new Browser();
  expect(await signIn(browser)).toBe("/workers");
  expect(await sessionOf(lab.url, browser)).toMatchObject({ user: { name: "octo", role: "engineer" } });
  const identities = await lab.database.client.sql`select issuer, subject from user_identities`;
  expect(identities).toMatchObject([{ issuer: github.url, subject: "583231" }]);
});

test("the account is found by its number, also after its address has changed", async () => {
  person.email = "renamed@example.org";
  const browser = new Browser();
  expect(await signIn(browser)).toBe("/workers");
  expect(await sessionOf(lab.url, browser)).toMatchObject({ user: { email: "octo@example.org" } });
});
