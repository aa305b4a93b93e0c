import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operations } from "#server/api/rest/operations.ts";
import { appRouter } from "#server/api/root.ts";
import { tokenPermissions } from "#server/domain/permissions.ts";
import { createToken } from "#server/services/identity/create-token.ts";
import { addressOf } from "./declared-routes.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";
import { sessionCookie, signIn } from "./sign-in.ts";

/** What keeps other sites, links and logs from being used against the portal. */
let portal: RunningPortal;
let token: string;
let cookie: string;

beforeAll(async () => {
  portal = await openRunningPortal();
  cookie = await portal.cookieOf("admin");
  ({ token } = await createToken(await portal.contextOf("admin"), {
    name: "CI",
    permissions: [...tokenPermissions],
    services: null,
    days: 7,
  }));
});
afterAll(() => portal.stop());

test("a token works in the header, and a command's answer says what it is", async () => {
  const response = await portal.ask("/api/v1/whoami", { headers: { authorization: `Bearer ${token}` } });
  expect([response.status, await response.json()]).toMatchObject([200, { name: "CI", services: null }]);
});

test("a token anywhere in an address is refused before anything else, with why, and never logged", async () => {
  const headers = { authorization: `Bearer ${token}` };
  const escaped = token.replace("_", "%5F");
  const paths = [
    `/api/v1/services?access_token=${token}`,
    `/api/v1/services/${token}`,
    `/api/trpc/session.current?input=${encodeURIComponent(JSON.stringify({ token }))}`,
    `/${token}`,
    `/services/new?return=${escaped}`,
    `/healthz?${token}`,
    `/api/live?token=${encodeURIComponent(escaped)}`,
    `/_next/static/${token}.js`,
    `/api/deployments/1/log?token=${token.slice(0, 40)}`,
  ];
  for (const path of paths) {
    for (const method of ["GET", "POST", "DELETE"]) {
      const response = await portal.ask(path, { method, headers: { ...headers, cookie } });
      expect([path, method, response.status]).toEqual([path, method, 400]);
      const body = await response.text();
      expect(JSON.parse(body)).toMatchObject({ code: "token_in_url" });
      expect(body).not.toContain(token.slice(8));
    }
  }
  expect(portal.log()).toContain("[hidden: it held a token]");
  for (const secret of [token, escaped, token.slice(8, 40)]) expect(portal.log()).not.toContain(secret);
});

const otherSite = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
const sentFromElsewhere: Record<string, string>[] = [
  otherSite,
  { origin: "https://evil.example" },
  { origin: "null" },
  { "sec-fetch-site": "same-site" },
  {},
];
const mutations = Object.entries(appRouter._def.procedures as object)
  .filter(([, procedure]) => procedure._def.type === "mutation")
  .map(([path]) => `/api/trpc/${path}`);
const signingIn = [
  "/api/auth/signin/credentials",
  "/api/auth/callback/credentials",
  "/api/auth/signout",
  "/api/auth/_log",
];

test.each([...mutations, ...signingIn])("another site's page cannot POST to %s", async (path) => {
  for (const from of sentFromElsewhere) {
    for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
      const headers = { ...from, cookie, "content-type": type };
      const response = await portal.ask(path, { method: "POST", headers, body: "{}" });
      expect([from, type, response.status]).toEqual([from, type, 403]);
    }
  }
});

test("nothing changes by GET, and REST takes no cookie that a browser would send along", async () => {
  for (const path of mutations) {
    expect([path, (await portal.ask(path, { headers: { cookie } })).status]).toEqual([path, 405]);
  }
  for (const { path, method } of operations.filter((operation) => operation.method !== "GET")) {
    const headers = { ...otherSite, cookie, "content-type": "application/json" };
    const address = `/api/v1${addressOf(path, { slug: "shop", id: 1, sha: "a".repeat(40), number: 1 })}`;
    expect((await portal.ask(address, { method, headers, body: "{}" })).status).toBe(401);
  }
});

test("every kind of answer forbids framing and guessing of types, and says no more than it must", async () => {
  const asset = /\/_next\/static\/[^"]+\.js/.exec(await (await portal.ask("/sign-in")).text())?.[0] ?? "";
  expect(asset).not.toBe("");
  const bearer = { authorization: `Bearer ${token}` };
  const asked: [path: string, status: number, init?: RequestInit][] = [
    ["/sign-in", 200],
    ["/", 307],
    ["/", 200, { headers: { cookie } }],
    ["/services/new", 403, { headers: { cookie: await portal.cookieOf("stakeholder") } }],
    ["/nowhere", 404],
    [asset, 200],
    ["/icon.svg", 200],
    ["/healthz", 200],
    ["/api/live", 401],
    ["/api/live", 200, { headers: { cookie } }],
    ["/api/deployments/1/log", 404, { headers: { cookie } }],
    ["/api/auth/session", 200],
    ["/api/trpc/session.current", 401],
    ["/api/trpc/session.current", 200, { headers: { cookie } }],
    ["/api/v1/openapi.json", 200],
    ["/api/v1/services", 401],
    ["/api/v1/services", 200, { headers: bearer }],
    ["/api/v1/nowhere", 404, { headers: bearer }],
    ["/api/v1/services", 405, { method: "DELETE", headers: bearer }],
    [`/?${token}`, 400],
    ["/api/trpc/session.current", 413, { method: "POST", body: "x".repeat(3 * 1024 * 1024) }],
  ];
  for (const [path, status, init] of asked) {
    const { status: answered, headers, body } = await portal.ask(path, init);
    await body?.cancel();
    const said = Object.fromEntries(headers);
    expect([path, answered]).toEqual([path, status]);
    expect([path, said]).toMatchObject([
      path,
      {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
      },
    ]);
    expect(said).not.toHaveProperty("x-powered-by");
    expect(said).not.toHaveProperty("access-control-allow-origin");
  }
});

test("what never becomes a request is refused with the same headers", async () => {
  const host = `Host: ${new URL(portal.url).host}`;
  const refused: [bytes: string, status: number][] = [
    ["GARBAGE\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\n\r\n", 400],
    [`GET / HTTP/1.1\r\n${host}\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, 431],
    [`TRACE / HTTP/1.1\r\n${host}\r\nConnection: close\r\n\r\n`, 405],
    [`GET /nowhere.txt HTTP/1.1\r\n${host}\r\nExpect: much\r\nConnection: close\r\n\r\n`, 404],
    [`GET / HTTP/1.1\r\n${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, 400],
  ];
  for (const [bytes, status] of refused) {
    const answer = await sendRaw(bytes);
    expect([bytes.slice(0, 40), answer.slice(9, 12)]).toEqual([bytes.slice(0, 40), String(status)]);
    expect(answer).toMatch(/^x-content-type-options: nosniff\r$/im);
    expect(answer).toMatch(/^content-security-policy: .*frame-ancestors 'none'/im);
  }
});

function sendRaw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(portal.url).port), "localhost");
  socket.write(bytes);
  return text(socket);
}

test("a stranger sends little, and nothing into the log", async () => {
  const body = "x".repeat(100_000);
  const headers = { origin: portal.url, "content-type": "application/json" };
  const large = (more: Record<string, string>) =>
    portal.ask("/api/trpc/join.read", { method: "POST", headers: { ...headers, ...more }, body });
  expect((await large({})).status).toBe(413);
  expect((await large({ cookie: "anytime.session=made-up" })).status).toBe(413);
  expect((await large({ cookie })).status).toBe(400);
  const words = new URLSearchParams({ level: "error", code: "a stranger's words", message: "x" });
  const logged = await portal.ask("/api/auth/_log", {
    method: "POST",
    headers: { origin: portal.url },
    body: words,
  });
  expect(logged.status).toBe(404);
  expect(portal.log()).not.toContain("a stranger's words");
});

const elsewhere = [
  "https://evil.example/",
  "//evil.example/",
  "/\\evil.example",
  "/%09/evil.example",
  "/a/..//evil.example",
  "javascript:alert(1)",
  "https:evil.example",
];

test.each(elsewhere)("no return path leads to %s", async (wanted) => {
  const value = encodeURIComponent(wanted);
  const paths = [
    `/sign-in?return=${value}`,
    `/sign-in?callbackUrl=${value}`,
    `/api/auth/signin?callbackUrl=${value}`,
    `/api/auth/signout?callbackUrl=${value}`,
    `/api/auth/error?callbackUrl=${value}`,
    `/services/new?return=${value}`,
  ];
  for (const path of paths) {
    for (const headers of [{}, { cookie }] as Record<string, string>[]) {
      const { location, cookies } = leadsTo(await portal.ask(path, { headers }));
      if (location !== null) expect([path, new URL(location, portal.url).origin]).toEqual([path, portal.url]);
      for (const set of cookies.filter((set) => set.startsWith("anytime.callback="))) {
        const kept = decodeURIComponent(set.split(";")[0]?.split("=")[1] ?? "");
        expect([path, new URL(kept, portal.url).origin]).toEqual([path, portal.url]);
      }
    }
  }
  const signedIn = await signIn(portal, { callbackUrl: wanted });
  const { url } = (await signedIn.json()) as { url: string };
  expect(new URL(url, portal.url).origin).toBe(portal.url);
});

test.each(["//evil.example/", "//evil.example/..", "/\\evil.example/", "///evil.example"])(
  "the path %s is tidied up to a path of the portal",
  async (path) => {
    const { location } = leadsTo(await portal.ask(path));
    if (location !== null) expect(new URL(location, portal.url).origin).toBe(portal.url);
  },
);

test("the session's cookie is out of reach of scripts, other sites and plain http", async () => {
  const flags = sessionCookie(await signIn(portal))?.flags;
  expect(flags).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/"]));
  const secure = await openRunningPortal({ portalUrl: "https://portal.example" });
  try {
    const overTls = sessionCookie(await signIn(secure), "__Host-anytime.session")?.flags;
    expect(overTls).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/", "Secure"]));
    expect(overTls?.some((flag) => flag.startsWith("Domain"))).toBe(false);
    const { headers } = await secure.ask("/sign-in");
    expect(headers.get("strict-transport-security")).toMatch(/max-age=\d{8}/);
  } finally {
    await secure.stop();
  }
});

function leadsTo(response: Response): { location: string | null; cookies: string[] } {
  return { location: response.headers.get("location"), cookies: response.headers.getSetCookie() };
}
