import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { operations } from "#server/api/rest/operations.ts";
import { appRouter } from "#server/api/root.ts";
import {
  type Access,
  isAllowed,
  isTokenAllowed,
  type Role,
  roles,
  type TokenPermission,
  tokenPermissions,
} from "#server/domain/permissions.ts";
import { createToken } from "#server/services/identity/create-token.ts";
import { revokeToken } from "#server/services/identity/revoke-token.ts";
import { addressOf, declaredBare, declaredHandlers, declaredPages, routesOnDisk } from "./declared-routes.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

/**
 * Everything that answers × everybody who may ask: refused exactly where the tables say so, and before the input is
 * looked at. What is allowed may fail on the input, which is nonsense on purpose so that nothing is changed.
 */
let portal: RunningPortal;
let values: { slug: string; token: string; id: number; sha: string; number: number; uuid: string };

beforeAll(async () => {
  portal = await openRunningPortal();
  const { sql } = portal.database.client;
  const rows = await insertServiceEnvironment(sql, { service: "shop", environment: "staging" });
  await insertServiceEnvironment(sql, { service: "news", environment: "staging" });
  const [deployment] = await sql`
    insert into deployments (service_environment_id, kind, sha, subject, author_name, requested_by_name)
    values (${rows.serviceEnvironmentId}, 'deploy', 'abc', 'First', 'Ada', 'Ada') returning id::int`;
  values = {
    ...{ slug: "shop", token: "A".repeat(43), id: deployment?.id, sha: "a".repeat(40), number: 1 },
    uuid: randomUUID(),
  };
});
afterAll(() => portal.stop());

type Verdict = "allowed" | "refused";
const visitors: (Role | null)[] = [null, ...roles];

function expected(role: Role | null, access: Access): Verdict {
  if (access === "none") return "allowed";
  return role !== null && isAllowed(role, access) ? "allowed" : "refused";
}

async function headersOf(role: Role | null): Promise<Record<string, string>> {
  return role === null ? {} : { cookie: await portal.cookieOf(role) };
}

/** Asks, and forgets the answer's body, which may be a stream without end. */
async function verdictOf(path: string, init: RequestInit): Promise<{ verdict: Verdict; status: number }> {
  const response = await portal.ask(path, init);
  await response.body?.cancel();
  const isSentToSignIn = response.headers.get("location")?.includes("/sign-in?") === true;
  const isRefused = response.status === 401 || response.status === 403 || isSentToSignIn;
  return { verdict: isRefused ? "refused" : "allowed", status: response.status };
}

test("everything that answers is declared, and nothing is declared that does not exist", () => {
  const { pages, handlers } = routesOnDisk();
  expect(declaredPages.map(([pattern]) => pattern).sort()).toEqual(pages);
  expect(declaredHandlers.map(([pattern]) => pattern).sort()).toEqual(handlers);
});

test.each(declaredPages)("page %s takes %s", async (pattern, access) => {
  for (const role of visitors) {
    const { verdict, status } = await verdictOf(addressOf(pattern, values), {
      headers: await headersOf(role),
    });
    expect([role, verdict]).toEqual([role, expected(role, access)]);
    expect(status).toBeLessThan(500);
  }
});

const handlersByRole = declaredHandlers.flatMap(([pattern, access]): [string, Access][] =>
  access === "each procedure" || access === "each operation" || pattern.includes("[")
    ? []
    : [[pattern, access]],
);

test.each([...declaredBare, ...handlersByRole])("%s takes %s", async (pattern, access) => {
  for (const role of visitors) {
    const path = addressOf(pattern, values);
    const { verdict, status } = await verdictOf(path, { headers: await headersOf(role) });
    expect([role, verdict]).toEqual([role, expected(role, access)]);
    expect(status).toBeLessThan(500);
  }
});

const procedures = Object.entries(appRouter._def.procedures as object).map(
  ([path, procedure]) => [path, procedure._def.meta?.permission as Access, procedure._def.type] as const,
);

function callOf(path: string, type: string, headers: Record<string, string>): [string, RequestInit] {
  const address = `/api/trpc/${path}`;
  if (type !== "mutation") return [`${address}?input=${encodeURIComponent('"nonsense"')}`, { headers }];
  const sent = { ...headers, origin: portal.url, "content-type": "application/json" };
  return [address, { method: "POST", headers: sent, body: '"nonsense"' }];
}

test.each(procedures)("procedure %s takes %s", async (path, access, type) => {
  for (const role of visitors) {
    const { verdict, status } = await verdictOf(...callOf(path, type, await headersOf(role)));
    expect([role, verdict]).toEqual([role, expected(role, access)]);
    expect(status).toBeLessThan(500);
  }
});

const day = 24 * 3_600_000;
const everything = [...tokenPermissions];

async function makeToken(
  scopes: { permissions: TokenPermission[]; services: string[] | null },
  made = new Date(),
): Promise<{ id: number; header: Record<string, string> }> {
  const ctx = { ...(await portal.contextOf("admin")), now: () => made };
  const { id, token } = await createToken(ctx, { name: "matrix", days: 7, ...scopes });
  return { id, header: { authorization: `Bearer ${token}` } };
}

test("tRPC takes sessions only: a token that may do everything is nobody there", async () => {
  const { header } = await makeToken({ permissions: everything, services: null });
  for (const [path, access, type] of procedures) {
    const { verdict } = await verdictOf(...callOf(path, type, header));
    expect([path, verdict]).toEqual([path, access === "none" ? "allowed" : "refused"]);
  }
});

const scopes = tokenPermissions.flatMap((permission) =>
  [null, ["shop"], ["news"]].map((services) => ({ permissions: [permission], services })),
);

test.each(operations)("$method $path takes a token with $needs", async (operation) => {
  const { method, needs, about } = operation;
  const body = method === "GET" ? undefined : '"nonsense"';
  const path = `/api/v1${addressOf(operation.path, values)}`;
  for (const scope of scopes) {
    const { header } = await makeToken(scope);
    const { verdict, status } = await verdictOf(path, { method, headers: header, body });
    // A list shows a token of some services its part; what is of the whole portal is for tokens of all services.
    const slug = about === "list" ? (scope.services?.[0] ?? null) : about === "portal" ? null : "shop";
    const isOpen = needs === "none" || needs === "any token";
    const isAllowedTo = isOpen || isTokenAllowed(scope, needs, slug);
    expect([scope, verdict]).toEqual([scope, isAllowedTo ? "allowed" : "refused"]);
    expect(status).toBeLessThan(500);
  }
});

test("without a valid token in `Authorization: Bearer`, REST answers 401 whatever else is sent", async () => {
  const all = { permissions: everything, services: null };
  const { header } = await makeToken(all);
  const token = header.authorization?.slice("Bearer ".length) ?? "";
  const revoked = await makeToken(all);
  await revokeToken(await portal.contextOf("admin"), { tokenId: revoked.id });
  const expired = await makeToken(all, new Date(Date.now() - 7 * day));
  const credentials: Record<string, string>[] = [
    {},
    { cookie: await portal.cookieOf("admin"), origin: portal.url },
    { cookie: `anytime.session=${token}; token=${token}` },
    { authorization: `Basic ${Buffer.from(`token:${token}`).toString("base64")}` },
    { authorization: token },
    { "x-api-key": token },
    revoked.header,
    expired.header,
    { authorization: `Bearer ${token.slice(0, -1)}${token.endsWith("x") ? "y" : "x"}` },
  ];
  for (const { path, method, needs } of operations) {
    if (needs === "none") continue;
    for (const headers of credentials) {
      const body = method === "GET" ? undefined : JSON.stringify({ token });
      const response = await portal.ask(`/api/v1${addressOf(path, values)}`, { method, headers, body });
      expect([path, headers, response.status]).toEqual([path, headers, 401]);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({ code: "unauthenticated" });
    }
  }
});
