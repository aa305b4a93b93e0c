import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { portal } from "#server/kernel/portal.ts";
import { endMembership } from "#server/services/identity/end-membership.ts";
import { ensureAdministrator } from "#server/services/identity/ensure-administrator.ts";
import { inviteMember } from "#server/services/identity/invite-member.ts";
import { Browser } from "./testing/browser.ts";
import {
  beginAt,
  comeBack,
  finish,
  openSignInLab,
  type SignInLab,
  sessionOf,
} from "./testing/open-sign-in.ts";

/** Against a real OpenID provider, over real HTTP. */
let lab: SignInLab;
beforeAll(async () => {
  lab = await openSignInLab({
    ANYTIME_OIDC_ADMIN_GROUPS: "platform",
    ANYTIME_OIDC_ENGINEER_GROUPS: "builders,makers",
  });
  await ensureAdministrator(lab.database.ctx, {
    email: "root@example.org",
    password: "correct horse battery",
  });
});
afterAll(() => lab.close());
beforeEach(() => {
  lab.provider.defaultRole = null;
});

let count = 0;
interface Somebody {
  sub: string;
  name: string;
  email: string;
  email_verified: boolean;
  groups?: string[];
  [claim: string]: unknown;
}

/** Somebody new, whose address is verified. */
function somebody(claims: Partial<Somebody> = {}): Somebody {
  count += 1;
  const sub = `subject-${count}`;
  return {
    sub,
    name: `Person ${count}`,
    email: `person${count}@example.org`,
    email_verified: true,
    ...claims,
  };
}

async function signIn(browser: Browser, person: Somebody, form: Record<string, string> = {}) {
  lab.oidc.person = person;
  return comeBack(lab.url, browser, await beginAt(lab.url, browser, form));
}

const session = (browser: Browser) => sessionOf(lab.url, browser);
const sql = () => lab.database.client.sql;
async function administrator() {
  const [user] = await sql()`select id::int, name, email from users where email = 'root@example.org'`;
  return {
    ...lab.database.ctx,
    actor: {
      kind: "user" as const,
      id: user?.id,
      name: user?.name,
      email: user?.email,
      role: "admin" as const,
    },
  };
}

test("a mapped group lets in, with its role, and leads to where one wanted to go", async () => {
  const browser = new Browser();
  const person = somebody({ groups: ["staff", "makers"] });
  expect(await signIn(browser, person)).toBe("/workers");
  expect(await session(browser)).toMatchObject({ user: { email: person.email, role: "engineer" } });
  const [row] =
    await sql()`select password_hash, last_sign_in_at is not null as was_here from users where email = ${person.email}`;
  expect(row).toMatchObject({ password_hash: null, was_here: true });
  const audit =
    await sql()`select action, actor_address from audit_entries where actor_name = ${person.name}`;
  expect(audit.map(({ action }) => action)).toEqual(["identity/join", "identity/sign-in"]);
  for (const { actor_address } of audit) expect(actor_address).toMatch(/127\.0\.0\.1/);
});

test("the request binds the answer to this browser: PKCE, state and nonce", async () => {
  const start = await beginAt(lab.url, new Browser());
  const asked = start.searchParams;
  expect(asked.get("code_challenge_method")).toBe("S256");
  for (const name of ["code_challenge", "state", "nonce"])
    expect(asked.get(name)?.length).toBeGreaterThan(20);
});

test.each(["state", "nonce"])("an answer with another %s is refused", async (name) => {
  const browser = new Browser();
  lab.oidc.person = somebody({ groups: ["makers"] });
  const start = await beginAt(lab.url, browser);
  // Another nonce in the request makes the provider sign an ID token with it; the state comes back as it was sent.
  start.searchParams.set(name, "x".repeat(43));
  expect(await comeBack(lab.url, browser, start)).toContain("error=OAuthCallback");
  expect(await session(browser)).toBeNull();
});

test("a request without PKCE is not taken by the provider, and one with another's challenge not by the portal", async () => {
  const browser = new Browser();
  lab.oidc.person = somebody({ groups: ["makers"] });
  const without = await beginAt(lab.url, browser);
  without.searchParams.delete("code_challenge");
  without.searchParams.delete("code_challenge_method");
  expect(await comeBack(lab.url, browser, without)).toContain("error=");
  const other = await beginAt(lab.url, browser);
  other.searchParams.set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  expect(await comeBack(lab.url, browser, other)).toContain("error=OAuthCallback");
  expect(await session(browser)).toBeNull();
});

test("an answer that another browser asked for signs nobody in", async () => {
  lab.oidc.person = somebody({ groups: ["makers"] });
  const attacker = new Browser();
  const start = await beginAt(lab.url, attacker);
  const callback = await attacker.follow(start.href, `${lab.url}/api/auth/callback/`);
  const victim = new Browser();
  expect(await finish(lab.url, victim, callback)).toContain("error=OAuthCallback");
  expect(await session(victim)).toBeNull();
});

test("somebody in no mapped group does not get in, unless the settings give them a role", async () => {
  const browser = new Browser();
  const person = somebody({ groups: ["staff"] });
  expect(await signIn(browser, person)).toBe("/sign-in?error=no-group");
  expect(await sql()`select 1 from users where email = ${person.email}`).toHaveLength(0);
  lab.provider.defaultRole = "stakeholder";
  expect(await signIn(browser, person)).toBe("/workers");
  expect(await session(browser)).toMatchObject({ user: { role: "stakeholder" } });
});

test("groups are applied at each sign-in, and each change stands in the audit log", async () => {
  const browser = new Browser();
  const person = somebody({ groups: ["makers"] });
  await signIn(browser, person);
  await signIn(browser, { ...person, groups: ["platform", "makers"] });
  expect(await session(browser)).toMatchObject({ user: { role: "admin" } });
  const userId = (await session(browser))?.user.id;
  const changes = await sql()`
    select before, after from audit_entries where action = 'identity/change-role' and subject = ${`user:${userId}`}`;
  expect(changes).toMatchObject([{ before: { role: "engineer" }, after: { role: "admin" } }]);
  // An open page goes on with the new role at its next request.
  const other = new Browser();
  await signIn(other, { ...person, groups: ["builders"] });
  expect(await session(browser)).toMatchObject({ user: { role: "engineer" } });
});

test("who came by a group and is in none any more is refused, and their sessions end", async () => {
  const browser = new Browser();
  const person = somebody({ groups: ["makers"] });
  await signIn(browser, person);
  expect(await session(browser)).not.toBeNull();
  const later = new Browser();
  expect(await signIn(later, { ...person, groups: [] })).toBe("/sign-in?error=no-group");
  expect(await session(browser)).toBeNull();
});

test("the last administrator keeps the role, whatever the groups say", async () => {
  await sql()`update users set role = 'stakeholder' where role = 'admin'`;
  const browser = new Browser();
  const person = somebody({ groups: ["platform"] });
  await signIn(browser, person);
  await signIn(browser, { ...person, groups: ["makers"] });
  expect(await session(browser)).toMatchObject({ user: { role: "admin" } });
  await sql()`update users set role = 'admin' where email = 'root@example.org'`;
});

test("an address that the provider has not verified makes no account and connects to none", async () => {
  lab.provider.defaultRole = "engineer";
  const browser = new Browser();
  const person = somebody({ email_verified: false });
  expect(await signIn(browser, person)).toBe("/sign-in?error=email-unverified");
  expect(await signIn(new Browser(), somebody({ email: "root@example.org", email_verified: false }))).toBe(
    "/sign-in?error=email-unverified",
  );
  expect(await sql()`select 1 from user_identities where subject = ${person.sub}`).toHaveLength(0);
});

test("a verified address does not open an account that has a password, but its owner can connect the provider", async () => {
  const person = somebody({ email: "root@example.org" });
  expect(await signIn(new Browser(), person)).toBe("/sign-in?error=account-exists");

  const browser = new Browser();
  const { csrfToken } = (await (await browser.fetch(`${lab.url}/api/auth/csrf`)).json()) as {
    csrfToken: string;
  };
  const credentials = { email: "root@example.org", password: "correct horse battery" };
  await browser.fetch(`${lab.url}/api/auth/callback/credentials`, {
    csrfToken,
    json: "true",
    ...credentials,
  });
  expect(await session(browser)).toMatchObject({ user: { email: "root@example.org" } });
  expect(await signIn(browser, person, { purpose: "connect", callbackUrl: "/settings" })).toBe("/settings");
  const later = new Browser();
  expect(await signIn(later, person)).toBe("/workers");
  expect(await session(later)).toMatchObject({ user: { email: "root@example.org", role: "admin" } });
});

test("connecting needs the session that asked for it, to the end", async () => {
  const browser = new Browser();
  await signIn(browser, somebody({ groups: ["makers"] }));
  lab.oidc.person = somebody();
  const start = await beginAt(lab.url, browser, { purpose: "connect" });
  browser.setCookie(lab.url, "anytime.session", "");
  // The provider's own session would answer for the person before.
  browser.forget(lab.oidc.url);
  expect(await comeBack(lab.url, browser, start)).toBe("/settings?problem=session-changed");
});

test("an account at the provider that belongs to somebody else is not taken over", async () => {
  const owner = somebody({ groups: ["makers"] });
  await signIn(new Browser(), owner);
  const browser = new Browser();
  await signIn(browser, somebody({ groups: ["makers"] }));
  lab.oidc.person = owner;
  const start = await beginAt(lab.url, browser, { purpose: "connect" });
  browser.forget(lab.oidc.url);
  expect(await comeBack(lab.url, browser, start)).toBe("/settings?problem=identity-taken");
});

test("an address that changed hands at the provider does not open the account of its former owner", async () => {
  const before = somebody({ groups: ["makers"] });
  await signIn(new Browser(), before);
  const after = { ...somebody(), email: before.email };
  expect(await signIn(new Browser(), after)).toBe("/sign-in?error=account-exists");
});

test("an invitation of the verified address lets in, once", async () => {
  const person = somebody();
  await inviteMember(await administrator(), { email: person.email, role: "engineer", portalUrl: lab.url });
  const browser = new Browser();
  expect(await signIn(browser, person)).toBe("/workers");
  expect(await session(browser)).toMatchObject({ user: { role: "engineer" } });
  const [row] = await sql()`select used_at from invitations where email = ${person.email}`;
  expect(row?.used_at).not.toBeNull();
  // The invitation holds without a group.
  expect(await signIn(new Browser(), person)).toBe("/workers");
});

test("the link of an invitation lets in whoever has it, whatever their address at the provider", async () => {
  const { link } = await inviteMember(await administrator(), {
    email: "invited@example.org",
    role: "stakeholder",
    portalUrl: lab.url,
  });
  const token = new URL(link).hash.slice(1);
  const browser = new Browser();
  const person = somebody({ email: "private@elsewhere.example", email_verified: false });
  expect(await signIn(browser, person, { purpose: "join", token })).toBe("/workers");
  expect(await session(browser)).toMatchObject({
    user: { email: "invited@example.org", role: "stakeholder" },
  });
  const again = await signIn(new Browser(), somebody(), { purpose: "join", token });
  expect(again).toBe("/sign-in?error=invitation-unusable");
});

test("somebody who left does not come back by the provider", async () => {
  const browser = new Browser();
  const person = somebody({ groups: ["makers"] });
  await signIn(browser, person);
  const userId = (await session(browser))?.user.id ?? 0;
  await endMembership(await administrator(), { userId });
  expect(await session(browser)).toBeNull();
  expect(await signIn(new Browser(), person)).toBe("/sign-in?error=has-left");
});

test("a session that was planted beforehand is not taken over: signing in makes a new one", async () => {
  const browser = new Browser();
  const person = somebody({ groups: ["makers"] });
  await signIn(browser, person);
  const first = browser.cookie(lab.url, "anytime.session");
  browser.setCookie(lab.url, "anytime.session", "planted");
  await signIn(browser, person);
  const second = browser.cookie(lab.url, "anytime.session");
  expect(second).not.toBe("planted");
  expect(second).not.toBe(first);
});

test.each(["https://evil.example/", "//evil.example", "/\\evil.example", "/a/..//evil.example"])(
  "signing in never leads to %s",
  async (callbackUrl) => {
    const path = await signIn(new Browser(), somebody({ groups: ["makers"] }), { callbackUrl });
    expect(path).toBe("/");
  },
);

test("every cookie is for the portal's own requests only", async () => {
  const browser = new Browser();
  const response = await browser.fetch(`${lab.url}/api/auth/csrf`);
  const start = await beginAt(lab.url, browser);
  lab.oidc.person = somebody({ groups: ["makers"] });
  const callback = await browser.follow(start.href, `${lab.url}/api/auth/callback/`);
  const back = await browser.fetch(callback);
  const cookies = [...response.headers.getSetCookie(), ...back.headers.getSetCookie()];
  expect(cookies.some((cookie) => cookie.startsWith("anytime.session="))).toBe(true);
  for (const cookie of cookies) expect(cookie).toMatch(/^anytime\.[^;]+=.*HttpOnly.*SameSite=Lax/i);
});

test("behind https every cookie is Secure, and its name is guarded by the browser", async () => {
  const { settings } = portal();
  const { portalUrl } = settings;
  settings.portalUrl = "https://deploy.example.org";
  const browser = new Browser();
  const csrf = await browser.fetch(`${lab.url}/api/auth/csrf`);
  const { csrfToken } = (await csrf.clone().json()) as { csrfToken: string };
  const begun = await browser.fetch(`${lab.url}/api/auth/signin/oidc`, { csrfToken, json: "true" });
  settings.portalUrl = portalUrl;
  const cookies = [csrf, begun].flatMap((response) => response.headers.getSetCookie());
  expect(cookies.length).toBeGreaterThan(4);
  for (const cookie of cookies) expect(cookie).toMatch(/^__Host-anytime\..*Secure/);
});

test("where only some domains may come, the provider's own word for it counts", async () => {
  lab.provider.domains = ["example.org"];
  lab.provider.defaultRole = "engineer";
  const outsider = await signIn(new Browser(), somebody());
  const insider = await signIn(new Browser(), somebody({ hd: "example.org" }));
  lab.provider.domains = [];
  expect([outsider, insider]).toEqual(["/sign-in?error=wrong-domain", "/workers"]);
});

test("a provider that cannot be reached is said so", async () => {
  lab.provider.issuer = "http://127.0.0.1:9";
  const start = await beginAt(lab.url, new Browser());
  expect(start.href).toContain("error=OAuthSignin");
  lab.provider.issuer = lab.oidc.url;
});
