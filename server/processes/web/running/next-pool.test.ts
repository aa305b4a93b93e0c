import { afterAll, beforeAll, expect, test } from "vitest";
import { insertInstance, insertServiceEnvironment, type TrafficRows } from "#db/testing/traffic-rows.ts";
import { roles } from "#server/domain/permissions.ts";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";

/** The portal's side of the way into the next pool; the router's is tested with the router. */
let portal: RunningPortal;
let shop: TrafficRows;

const pathOf = (rows: TrafficRows) => `/api/service-environments/${rows.serviceEnvironmentId}/next-pool`;

beforeAll(async () => {
  portal = await openRunningPortal();
  const { sql } = portal.database.client;
  shop = await insertServiceEnvironment(sql, { service: "shop", environment: "staging" });
  await insertInstance(sql, shop, { pool: "green", port: 1 });
  await sql`update pools set status = 'ready'
    where service_environment_id = ${shop.serviceEnvironmentId} and color = 'green'`;
});
afterAll(() => portal.stop());

test("whoever is signed in gets a grant, in a form for that pool's host alone", async () => {
  const grants: string[] = [];
  for (const role of roles) {
    const response = await portal.ask(pathOf(shop), { headers: { cookie: await portal.cookieOf(role) } });
    const page = await response.text();
    expect(page).toContain('action="http://shop--next.staging.localhost:4780/.anytime/enter"');
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; .*form-action http:\/\/shop--next\.staging\.localhost:4780;.*frame-ancestors 'none'$/,
    );
    grants.push(/name="grant" value="([\w.-]+)"/.exec(page)?.[1] ?? "");
  }
  for (const grant of grants) {
    expect(grant).toMatch(new RegExp(`^${shop.serviceEnvironmentId}\\.\\d+\\.[\\w-]{43}$`));
    expect(portal.log()).not.toContain(grant.split(".")[2]);
  }
});

test("a stranger gets none, nor is there one for a pool that does not stand", async () => {
  expect((await portal.ask(pathOf(shop))).status).toBe(401);
  const { sql } = portal.database.client;
  const news = await insertServiceEnvironment(sql, { service: "news", environment: "staging" });
  const response = await portal.ask(pathOf(news), { headers: { cookie: await portal.cookieOf("admin") } });
  expect(response.status).toBe(404);
  expect(await response.text()).not.toContain("grant");
});
